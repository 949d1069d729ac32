"""A server or a few printers on real sockets, for as long as a `with` block lasts."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Self

from esolutions_server import open_server
from esolutions_server.http.serving import RunningServer
from esolutions_simulators.fleet import FleetDirectory, build_fleet
from esolutions_simulators.snmp.launch import PrinterServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleet import Fleet

__all__ = ["RunningPrinters", "RunningReference"]

_IN_USE = timedelta(days=400)


class RunningReference:
    """The reference server on HTTPS, on a free port of 127.0.0.1, with a test authority of its own."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime], seed: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._server = open_server(
            f"sqlite:///{folder / 'server.sqlite'}",
            now=now,
            rng=Random(f"server/{seed}"),  # noqa: S311 - a test must be repeatable
            sqlite_synchronous="OFF",
        )
        self._running = RunningServer(self._server.wsgi, host="127.0.0.1", port=0, tls="auto", data_dir=folder)

    @property
    def url(self) -> str:
        """Where it takes SOAP."""
        return self._running.url

    @property
    def ca_file(self) -> Path | None:
        """The certificate of the authority to trust."""
        return self._running.ca_file

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""
        return self._server.administration

    def run_due_work(self) -> None:
        """Let the server do what its clock says."""
        self._server.run_due_work()

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Raises what the server did not foresee.
            self._running.__exit__(kind, error, trace)
        finally:
            self._server.close()


class RunningPrinters:
    """Simulated printers on UDP, on loopback addresses of their own and one free port."""

    def __init__(self, folder: Path, count: int, model: str, *, seed: int, now: Callable[[], datetime]) -> None:
        moment = now()
        self.fleet: Fleet = build_fleet(count, model, seed=seed, installed_at=moment - _IN_USE)
        self._directory = FleetDirectory(folder)
        self._clock = self._directory.create(self.fleet, moment)
        self._server = PrinterServer(self._directory, port=0)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Where they answer, as `address:port`."""
        return self._server.endpoints

    def show(self, moment: datetime) -> None:
        """Let the printers be as they are at a moment, and as `fleet` says."""
        self._directory.write(self.fleet)
        self._clock.set(moment)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._clock.close()
