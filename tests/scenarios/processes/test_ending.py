"""Programs that start others, told to end in the middle of their work: nothing goes on, nothing is left."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.processes.support.programs import Program

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.wire,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what has come of a process"),
]

_SCENARIOS = ("-m", "esolutions_scenarios")


@dataclass(frozen=True)
class Work:
    """A command, what its terminal shows when it is in the middle of its work, and what it has started by then."""

    command: tuple[str, ...]
    sign: str
    started: tuple[str, ...]


_SERVER, _PRINTERS, _POOL = "esolutions_server serve", "esolutions_simulators.snmp", "multiprocessing.spawn"
_WORKS = {
    "run": Work((*_SCENARIOS, "run", "first_year", "--world", "wire"), "days/s", (_SERVER, _PRINTERS)),
    "demo": Work((*_SCENARIOS, "demo"), "days/s", (_SERVER, _PRINTERS)),
    # It may be between two numbers of devices: one world has ended, the next has not begun.
    "sizes": Work((*_SCENARIOS, "sizes", "--world", "wire", "--devices", "1-100"), "devices,", ()),
    "swarm": Work((*_SCENARIOS, "swarm", "--seeds", "1000", "--days", "3", "--jobs", "2"), "lives,", (_POOL, _POOL)),
    "bench": Work((*_SCENARIOS, "bench", "--only", "polls"), "steady poll", (_PRINTERS,)),
}


def _begun(program: Program, work: Work) -> dict[int, str]:
    """Wait until a program is in the middle of its work, and return what it has started."""
    program.await_text(work.sign)
    others = program.others()
    found = Counter(name for command in others.values() for name in set(work.started) if name in command)
    assert found >= Counter(work.started), others
    return others


@pytest.mark.usefixtures("hears_hangups")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_processes_and_leaves_no_folder(number: signal.Signals, tmp_path: Path) -> None:
    """The exit code is 128 and the signal's number, as a shell reports it; no error is shown."""
    with Program(tmp_path, *_WORKS["run"].command) as program:
        _begun(program, _WORKS["run"])
        assert program.left()
        assert program.send(number) == 128 + number
        assert program.others() == {}
        assert program.left() == []
        assert "Error" not in program.shown


@pytest.mark.parametrize("name", ["bench", "demo", "sizes", "swarm"])
def test_whatever_starts_processes_ends_them(name: str, tmp_path: Path) -> None:
    """By SIGTERM, whichever command it is."""
    with Program(tmp_path, *_WORKS[name].command) as program:
        _begun(program, _WORKS[name])
        assert program.send(signal.SIGTERM) == 128 + signal.SIGTERM
        assert program.others() == {}
        assert program.left() == []


@pytest.mark.parametrize("name", ["bench", "run", "swarm"])
def test_a_program_that_is_killed_leaves_no_process(name: str, tmp_path: Path) -> None:
    """It can do nothing any more: the others notice by themselves that it is gone."""
    with Program(tmp_path, *_WORKS[name].command) as program:
        others = _begun(program, _WORKS[name])
        assert program.send(signal.SIGKILL) == -signal.SIGKILL
        program.await_end_of(others)
        assert program.others() == {}
