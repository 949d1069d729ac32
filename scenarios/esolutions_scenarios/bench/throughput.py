"""The server's syncs a second against a bare spyne echo of the same bytes, in the same run.

A sync here is authenticated, checked for replay, journaled and committed. Both
run in this process, through their WSGI applications, without a socket.
"""

from __future__ import annotations

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["measure"]

_NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SYNCS = 400
_CREDENTIALS = Credentials("00000000-0000-4000-8000-000000000000", "s" * 88)


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the throughput of the server as a share of the echo's."""
    bodies = [_sync(number) for number in range(_SYNCS)]
    echo = _rate(echo_application(), bodies, stopwatch)
    yield Figure("a bare spyne echo", echo, "calls a s")
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        for name, url in (("in memory", "sqlite://"), ("on disk, synced", f"sqlite:///{Path(folder) / 's.sqlite'}")):
            with open_server(url, now=lambda: _NOW, rng=Random(1)) as server:  # noqa: S311 - repeatable
                _post(server.wsgi, _registration())
                rate = _rate(server.wsgi, bodies, stopwatch)
            note = f"{rate:.0f} a s"
            yield Figure(f"syncs against the echo, {name}", rate / echo, "of it", 0.6, more_is_better=True, note=note)


def _rate(application: Callable[..., Any], bodies: list[bytes], stopwatch: Callable[[], float]) -> float:
    began = stopwatch()
    for body in bodies:
        if _post(application, body) != 200:
            raise RuntimeError("a message of the measurement was refused")
    return len(bodies) / (stopwatch() - began)


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
