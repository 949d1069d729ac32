"""The signal that becomes an exception, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.wire

_LISTENING = """
import signal, sys
from esolutions_scenarios.processes.termination import Terminated, Termination
termination = Termination()
termination.listen()
"""
_TWICE = """
try:
    try:
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        print("cleaned up")
except Terminated:
    sys.exit(termination.exit_code)
"""
_IN_A_FINALISER = """
class Closed:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)
try:
    Closed()
    signal.pause()
except Terminated:
    sys.exit(termination.exit_code)
"""
_IGNORED = """
signal.raise_signal(signal.SIGHUP)
print("goes on", termination.exit_code)
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


def test_what_cleans_up_is_not_interrupted_again() -> None:
    """Signals that follow the first are ignored; its number is the exit code's."""
    done = _run(_LISTENING + _TWICE)
    assert (done.returncode, done.stdout, done.stderr) == (143, "cleaned up\n", "")


def test_a_signal_that_meets_a_finaliser_is_not_lost() -> None:
    """Python drops what a finaliser raises; the signal comes again when it is over, and nothing is printed."""
    done = _run(_LISTENING + _IN_A_FINALISER)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_a_signal_that_is_ignored_from_outside_stays_ignored() -> None:
    """As `nohup` does it."""
    done = _run("import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + _LISTENING + _IGNORED)
    assert (done.returncode, done.stdout, done.stderr) == (0, "goes on None\n", "")
