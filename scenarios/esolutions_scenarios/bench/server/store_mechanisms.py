"""What two mechanisms of the server's store buy, against what its libraries do by themselves.

The statements of `store.prepared` are run by SQLAlchemy instead, and each commit is
made and flushed by SQLite instead of several at once by `GroupCommit`. The servers with and
without take turns in one run; the first round warms up and is not counted.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.server.throughput import Callers, serve, syncs
from esolutions_scenarios.swarm.drawing import make_plan
from esolutions_scenarios.swarm.runs.run import simulate
from esolutions_server.http.serving import THREADS
from esolutions_server.store.engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

__all__ = ["measure"]

_ROUNDS, _SYNCS = 13, 80
_SEEDS, _DAYS = range(1, 5), 20


def measure(cpu: Callable[[], float], stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield how much faster the server is, and a life of the swarm, with each of the two.

    Args:
        cpu: the CPU seconds of this process so far.
        stopwatch: seconds of a clock that never goes back.
    """
    yield from _syncs(cpu, stopwatch)
    yield from _lives(cpu)


@dataclass(slots=True)
class _Pair:
    """The same callers at a server with a mechanism and at one without it."""

    name: str
    measured_by: Callable[[], float]
    with_it: Callers
    without_it: Callers
    switched_off: Callable[[], AbstractContextManager[Any]]

    def take_turns(self, number: int, bodies: list[bytes]) -> None:
        """Let both answer in a round, which of them first changes."""
        for callers in (self.with_it, self.without_it) if number % 2 else (self.without_it, self.with_it):
            with ExitStack() if callers is self.with_it else self.switched_off():
                callers.take_turn(bodies, self.measured_by)


def _syncs(cpu: Callable[[], float], stopwatch: Callable[[], float]) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="esolutions-bench-") as folder, ExitStack() as opened:

        def callers(name: str, threads: int) -> Callers:
            url = f"sqlite:///{Path(folder) / name}.sqlite" if name else "sqlite://"
            return Callers(opened.enter_context(serve(url)), threads)

        pairs = [
            _Pair(
                "CPU of a sync in memory, by prepared statements", cpu, callers("", 1), callers("", 1), _by_sqlalchemy
            ),
            _Pair(
                f"syncs on disk, {THREADS} at a time, by prepared statements",
                stopwatch,
                callers("prepared", THREADS),
                callers("ordinary", THREADS),
                _by_sqlalchemy,
            ),
        ]
        for threads in (THREADS, 1):
            shared = callers(f"shared{threads}", threads)
            with patch("esolutions_server.store.engine.sqlite.shared_flush", return_value=None):
                own = callers(f"own{threads}", threads)
            name = f"syncs on disk, {threads} at a time, by the shared flush"
            # Chosen when the database was opened: nothing is to be switched off later.
            pairs.append(_Pair(name, stopwatch, shared, own, ExitStack))
        for number in range(_ROUNDS):
            bodies = syncs(number * _SYNCS, _SYNCS)
            for pair in pairs:
                pair.take_turns(number, bodies)
    for pair in pairs:
        note = (
            f"{pair.without_it.seconds / _SYNCS * 1000:.2f} ms without, {pair.with_it.seconds / _SYNCS * 1000:.2f} with"
        )
        yield Figure(pair.name, pair.without_it.seconds / pair.with_it.seconds, "times as fast", note=note)


def _lives(cpu: Callable[[], float]) -> Iterator[Figure]:
    with_it = without_it = 0.0
    for seed in _SEEDS:
        began = cpu()
        simulate(make_plan(seed, _DAYS))
        between = cpu()
        with _by_sqlalchemy():
            simulate(make_plan(seed, _DAYS))
        with_it += between - began
        without_it += cpu() - between
    yield Figure("CPU of the swarm's lives, by prepared statements", without_it / with_it, "times as fast")


@contextmanager
def _by_sqlalchemy() -> Iterator[None]:
    """Let SQLAlchemy itself run what is prepared."""
    instead = {"run": _run, "run_each": _run_each, "rows": _rows}
    with ExitStack() as patches:
        for name, function in instead.items():
            patches.enter_context(patch.object(Prepared, name, function))
        yield


def _run(prepared: Prepared, connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(prepared._statement, dict(values))  # noqa: SLF001 - the statement, without what is measured


def _run_each(prepared: Prepared, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(prepared._statement, [dict(row) for row in rows])  # noqa: SLF001 - the same


def _rows(prepared: Prepared, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(prepared._statement, dict(values))]  # noqa: SLF001 - the same
