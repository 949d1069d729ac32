"""A Python program as a child process, which is gone when its parent is: stopped, interrupted or killed."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Child", "run_script"]

_STOP_SECONDS = 10
_HOLD = "from esolutions_scenarios.processes.lifeline import hold\nhold()\n"


class Child:
    """A module that runs as a program, at the other end of two pipes: one is its lifeline, one what it prints."""

    def __init__(self, module: str, arguments: Sequence[str], complaints: IO[bytes] | None = None) -> None:
        """Start it.

        Args:
            module: what `python -m` would run.
            arguments: its command line.
            complaints: the file that takes its standard error; that of this process by default.
        """
        command = ["-m", "esolutions_scenarios.processes.lifeline", module, *arguments]
        self._process = _started(command, complaints)

    @property
    def has_ended(self) -> bool:
        """Whether it is no longer there."""
        return self._process.poll() is not None

    def read_line(self) -> bytes:
        """Return the next line that it prints; nothing once it has ended."""
        return _output(self._process).readline()

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self.stop()

    def stop(self) -> None:
        """Stop it, and wait until it has ended; does nothing the second time."""
        try:
            if not self.has_ended:
                self._process.terminate()
                self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end(self._process)


def run_script(script: str, *arguments: str) -> str:
    """Run a script in a Python of its own, and return what it prints.

    Raises:
        CalledProcessError: it failed.
    """
    process = _started(["-c", _HOLD + script, *arguments])
    try:
        printed = _output(process).read()
        process.wait()
    finally:
        _end(process)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "a script")
    return printed.decode()


def _started(arguments: list[str], complaints: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C is for the program that a person started, which stops this one.
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        start_new_session=True,
    )


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise AssertionError("it is piped")
    return process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of a process, however far it has come."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
