"""Simulated printers as a person starts them: seconds until they answer, memory each, and GETs on a core.

A GET asks for forty variables of a large multifunction; twenty-seven of them
move: all meters, levels and the uptime. The clock moves between requests. Only
the CPU of the printers' own processes counts, as Linux tells it.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.printers.load import Processes, ask, request_for
from esolutions_simulators.clock import ClockFile
from esolutions_simulators.mib.row import Fixed, Level, Meter, State
from esolutions_simulators.models import load_model
from esolutions_simulators.rows.table import table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MODEL", "WARM_GETS", "forty_names", "measure", "warm_gets"]

MODEL = "colour-a3-mfp"
WARM_GETS = "GETs of forty variables of a printer"
_INSTALLED = datetime(2026, 1, 5, 8, tzinfo=UTC)
# A Tuesday, in office hours: everything moves.
_ASKED = datetime(2026, 4, 7, 9, tzinfo=UTC)
_FEW, _MANY = 1_000, 100_000
_WARM, _WARM_REQUESTS = 1_000, 30_000
_AT_ONCE = 64
_NAMES = 40
_LEAST_OCTETS = 600


def forty_names() -> tuple[str, ...]:
    """Return what moves in a printer of the model, and fixed variables up to forty."""
    rows = table_of(load_model(MODEL)).rows
    moving = [row.oid for row in rows if isinstance(row.source, Meter | Level) or row.source is State.UPTIME]
    return (*moving, *(row.oid for row in rows if isinstance(row.source, Fixed)))[:_NAMES]


def measure(stopwatch: Callable[[], float], few: int = _FEW, many: int = _MANY) -> Iterator[Figure]:
    """Yield what fleets of two sizes cost."""
    with _served(few, stopwatch) as (seconds, *_):
        yield Figure(f"{few:,} printers answer after", seconds, "s", 1.0)
    with _served(many, stopwatch) as (seconds, addresses, port, processes, clock):
        yield Figure(f"{many:,} printers answer after", seconds, "s", 5.0)
        if not processes.are_told_of:
            return
        rate = warm_gets(processes, addresses, port, len(addresses), clock)
        yield Figure(f"first GETs, one of each of {many:,} printers", rate, "a CPU s", 1_500, more_is_better=True)
        each = processes.resident_kb() / many
        yield Figure("memory of the processes, for each printer asked", each, "KB", 10.0)
        warm = addresses[:_WARM]
        ask(request_for(forty_names()), warm, port, len(warm), at_once=_AT_ONCE, each=lambda _: None)
        rate = warm_gets(processes, warm, port, _WARM_REQUESTS, clock)
        yield Figure(WARM_GETS, rate, "a CPU s", 5_000, more_is_better=True, note="27 of them move")


def warm_gets(processes: Processes, addresses: list[str], port: int, count: int, clock: ClockFile) -> float:
    """Return how many GETs the processes answer in a CPU second, while time goes on.

    Raises:
        RuntimeError: what came was no response with forty values.
    """
    began = processes.cpu_seconds()

    def go_on(sent: int) -> None:
        if not sent % 100:
            clock.set(_ASKED + timedelta(seconds=sent / 10))

    shortest = ask(request_for(forty_names()), addresses, port, count, at_once=_AT_ONCE, each=go_on)
    if shortest < _LEAST_OCTETS:
        raise RuntimeError(f"a response of {shortest} octets holds no forty values")
    return count / max(processes.cpu_seconds() - began, 0.01)


@contextmanager
def _served(count: int, stopwatch: Callable[[], float]) -> Iterator[tuple[float, list[str], int, Processes, ClockFile]]:
    """Serve so many printers; give the seconds it took, where they answer, their processes and their clock."""
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        path = Path(folder) / "clock"
        clock = ClockFile.create(path, _INSTALLED)
        command = [sys.executable, "-m", "esolutions_simulators", "serve", "--count", str(count), "--model", MODEL]
        began = stopwatch()
        with (
            clock,
            subprocess.Popen(  # noqa: S603 - our own
                [*command, "--port", "0", "--clock", str(path)], stdout=subprocess.PIPE, text=True
            ) as serving,
        ):
            assert serving.stdout is not None  # noqa: S101 - it is piped
            try:
                lines = [serving.stdout.readline().split() for _ in range(count)]
                seconds = stopwatch() - began
                places = [line[0].rpartition(":") for line in lines]
                yield seconds, [place[0] for place in places], int(places[0][2]), Processes(serving.pid), clock
            finally:
                serving.terminate()
