"""The server's syncs a second against a bare spyne echo of the same bytes, in the same run.

A sync here is authenticated, checked for replay, journaled and committed. All
run in this process, through their WSGI applications, without a socket, and take
turns, so that whatever else the machine does weighs on each alike, and the
quickest turn of each counts: a pause of this process, such as a collection of
its garbage, takes as long as hundreds of calls and falls on one of them. The
server gets its syncs from as many threads as it serves with: on a disk they
share its flushes. One at a time shows what a lone caller waits for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import inf
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from esolutions_client.wire import messages as m
from esolutions_client.wire.security import Credentials
from esolutions_client.wire.soap_client import SoapClient
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.server.echo import echo_application
from esolutions_scenarios.worlds.memory import WsgiTransport
from esolutions_server import open_server
from esolutions_server.http.serving import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Callers", "measure", "serve", "syncs"]

_NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ROUNDS, _SYNCS = 16, 80
_CREDENTIALS = Credentials("00000000-0000-4000-8000-000000000000", "s" * 88)
_BUDGET = 0.6


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the throughput of the server as a share of the echo's."""
    with TemporaryDirectory(prefix="esolutions-bench-") as folder, ExitStack() as opened:
        memory = opened.enter_context(serve("sqlite://"))
        disk = opened.enter_context(serve(f"sqlite:///{Path(folder) / 'shared.sqlite'}"))
        lone = opened.enter_context(serve(f"sqlite:///{Path(folder) / 'lone.sqlite'}"))
        runs = (Callers(echo_application(), 1), Callers(memory, 1), Callers(disk, THREADS), Callers(lone, 1))
        for number in range(_ROUNDS):
            bodies = syncs(number * _SYNCS, _SYNCS)
            for run in runs:
                run.take_turn(bodies, stopwatch)
    echo, *others = (_SYNCS / run.seconds for run in runs)
    yield Figure("a bare spyne echo", echo, "calls a s")
    names = ("in memory", f"on disk, flushed, {THREADS} at a time", "on disk, flushed, one at a time")
    for name, rate, budget in zip(names, others, (_BUDGET, _BUDGET, None), strict=True):
        note = f"{rate:.0f} a s"
        yield Figure(f"syncs against the echo, {name}", rate / echo, "of it", budget, more_is_better=True, note=note)


@dataclass(slots=True)
class Callers:
    """An application, how many ask it at a time, and the seconds that its quickest turn took."""

    application: Callable[..., Any]
    threads: int
    seconds: float = inf

    def take_turn(self, bodies: list[bytes], stopwatch: Callable[[], float]) -> None:
        """Let all of these be answered, and note the seconds that it takes where none was quicker.

        Raises:
            RuntimeError: one was refused, which is quicker than to answer it.
        """
        with ThreadPoolExecutor(self.threads) as pool:
            began = stopwatch()
            statuses = set(pool.map(lambda body: _post(self.application, body), bodies))
            self.seconds = min(self.seconds, stopwatch() - began)
        if statuses != {200}:
            raise RuntimeError("a message of the measurement was refused")


def syncs(first: int, count: int) -> list[bytes]:
    """Return so many syncs of the caller, whose message ids begin with this number."""
    return [_sync(first + index) for index in range(count)]


@contextmanager
def serve(url: str) -> Iterator[Callable[..., Any]]:
    """Yield the application of a server that knows the caller, over the database of this URL."""
    with open_server(url, now=lambda: _NOW, rng=Random(1)) as server:  # noqa: S311 - repeatable
        _post(server.wsgi, _registration())
        yield server.wsgi


def _post(application: Callable[..., Any], body: bytes) -> int:
    return WsgiTransport(application).post(body, operation="SyncProxy").status


def _envelope(number: int) -> m.Envelope:
    return m.Envelope(f"{number:08d}-0000-4000-8000-000000000000", _NOW, _CREDENTIALS.proxy_id, _NOW)


def _compose(request: m.Request, number: int) -> bytes:
    server = SoapClient(WsgiTransport(_no_application), now=lambda: _NOW, rng=Random(number))  # noqa: S311
    return server.compose(_envelope(number), request, _CREDENTIALS).body


def _sync(number: int) -> bytes:
    return _compose(m.SyncRequest("Scheduled", None, 0, "f" * 44), number)


def _registration() -> bytes:
    hour = timedelta(hours=1)
    return _compose(m.ProxyRegistration("s" * 88, _NOW, _NOW, time(2), hour, 2 * hour), 99_999_999)


def _no_application(_environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
    return []
