"""The server's syncs a second against a bare spyne echo of the same bytes, in the same run.

A sync here is authenticated, checked for replay, journaled and committed. All
run in this process, through their WSGI applications, without a socket, and take
turns, so that whatever else the machine does weighs on each alike. The server
gets its syncs from as many threads as it serves with: on a disk they share its
flushes. One at a time shows what a lone caller waits for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from esolutions_client.wire import messages as m
from esolutions_client.wire.security import Credentials
from esolutions_client.wire.server import CommunicationServer
from esolutions_scenarios.bench.echo import echo_application
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.worlds.memory import WsgiTransport
from esolutions_server import open_server
from esolutions_server.http.serving import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["measure"]

_NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ROUNDS, _SYNCS = 6, 80
_CREDENTIALS = Credentials("00000000-0000-4000-8000-000000000000", "s" * 88)
_BUDGET = 0.6


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the throughput of the server as a share of the echo's."""
    with TemporaryDirectory(prefix="esolutions-bench-") as folder, ExitStack() as opened:
        memory = opened.enter_context(_server("sqlite://"))
        disk = opened.enter_context(_server(f"sqlite:///{Path(folder) / 'shared.sqlite'}"))
        lone = opened.enter_context(_server(f"sqlite:///{Path(folder) / 'lone.sqlite'}"))
        runs = (_Run(echo_application(), 1), _Run(memory, 1), _Run(disk, THREADS), _Run(lone, 1))
        for number in range(_ROUNDS):
            bodies = [_sync(number * _SYNCS + index) for index in range(_SYNCS)]
            for run in runs:
                seconds = run.once(bodies, stopwatch)
                # The first round warms everything up, and is not counted.
                run.seconds += seconds if number else 0.0
    echo, *others = ((_ROUNDS - 1) * _SYNCS / run.seconds for run in runs)
    yield Figure("a bare spyne echo", echo, "calls a s")
    names = ("in memory", f"on disk, flushed, {THREADS} at a time", "on disk, flushed, one at a time")
    for name, rate, budget in zip(names, others, (_BUDGET, _BUDGET, None), strict=True):
        note = f"{rate:.0f} a s"
        yield Figure(f"syncs against the echo, {name}", rate / echo, "of it", budget, more_is_better=True, note=note)


@dataclass(slots=True)
class _Run:
    """An application, how many ask it at a time, and the seconds it took so far."""

    application: Callable[..., Any]
    threads: int
    seconds: float = 0.0

    def once(self, bodies: list[bytes], stopwatch: Callable[[], float]) -> float:
        with ThreadPoolExecutor(self.threads) as pool:
            began = stopwatch()
            statuses = set(pool.map(lambda body: _post(self.application, body), bodies))
            seconds = stopwatch() - began
        if statuses != {200}:
            raise RuntimeError("a message of the measurement was refused")
        return seconds


@contextmanager
def _server(url: str) -> Iterator[Callable[..., Any]]:
    with open_server(url, now=lambda: _NOW, rng=Random(1)) as server:  # noqa: S311 - repeatable
        _post(server.wsgi, _registration())
        yield server.wsgi


def _post(application: Callable[..., Any], body: bytes) -> int:
    return WsgiTransport(application).post(body, operation="SyncProxy").status


def _envelope(number: int) -> m.Envelope:
    return m.Envelope(f"{number:08d}-0000-4000-8000-000000000000", _NOW, _CREDENTIALS.proxy_id, _NOW)


def _compose(request: m.Request, number: int) -> bytes:
    server = CommunicationServer(WsgiTransport(_nobody), now=lambda: _NOW, rng=Random(number))  # noqa: S311
    return server.compose(_envelope(number), request, _CREDENTIALS).body


def _sync(number: int) -> bytes:
    return _compose(m.SyncRequest("Scheduled", None, 0, "f" * 44), number)


def _registration() -> bytes:
    hour = timedelta(hours=1)
    return _compose(m.ProxyRegistration("s" * 88, _NOW, _NOW, time(2), hour, 2 * hour), 99_999_999)


def _nobody(_environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
    return []
