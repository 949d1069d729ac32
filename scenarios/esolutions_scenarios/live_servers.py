"""A server or a few printers on real sockets, for as long as a `with` block lasts."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Self

from esolutions_scenarios.virtual_time.timeline_clock import TimelineClock
from esolutions_server.admin.running_testbed import RunningTestbed
from esolutions_server.client import TestbedClient
from esolutions_server.domain.policy import Policy
from esolutions_server.http.serving import RunningServer
from esolutions_server.testbed.opening import open_instrument
from esolutions_server.testbed.routes import THREADS, NamespacedApplication
from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.snmp.launch import PrinterServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from esolutions_scenarios.virtual_time.timeline import Timeline
    from esolutions_server.domain.verification import Expectation
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleets.fleet import Fleet

__all__ = ["RunningPrinters", "RunningReference"]

_IN_USE = timedelta(days=400)


class RunningReference:
    """A testbed on HTTPS, on free ports of 127.0.0.1, with a test authority of its own; it goes by a timeline.

    Attributes:
        testbed: its admin API's client: clock, verification, namespaces.
        now: what it takes for the time.
    """

    def __init__(self, folder: Path, *, timeline: Timeline, seed: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._instrument = open_instrument(
            f"sqlite:///{folder / 'server.sqlite'}",
            folder,
            real=timeline.now,
            rng=Random(f"server/{seed}"),  # noqa: S311 - a test must be repeatable
            policy=Policy(),
            clock=TimelineClock(timeline),
            sqlite_synchronous="OFF",
        )
        application = NamespacedApplication(self._instrument)
        listener = RunningServer(application, host="127.0.0.1", data_dir=folder, threads=THREADS)
        self._running = RunningTestbed(self._instrument, listener, is_strict=True)
        self.now = timeline.now

    @property
    def url(self) -> str:
        """Where it takes SOAP."""
        return self._running.listener.url

    @property
    def ca_file(self) -> Path | None:
        """The certificate of the authority to trust."""
        return self._running.listener.ca_file

    @property
    def admin_url(self) -> str:
        """Where its admin API is, for programs in other languages."""
        return self._running.admin_url

    @property
    def admin_token(self) -> str:
        """Who bears it may use the admin API."""
        return self._running.admin_token

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""
        return self._instrument.default.server.administration

    def run_due_work(self) -> None:
        """Let the server do what its clock says."""
        self._instrument.run_due_work()

    def advance(self, span: timedelta) -> None:
        """Let a span pass at once; what falls due on the way happens in order."""
        self.testbed.advance(span)

    def verify(self, *expectations: Expectation, since: datetime | None = None) -> None:
        """Make sure that what came is what should have come.

        Raises:
            AssertionError: an expectation is not met; the text says which, and what came closest to it.
        """
        verdicts = self.testbed.verify(*expectations, since=since)
        if not all(verdict.passed for verdict in verdicts):
            raise AssertionError("\n".join(map(str, verdicts)))

    def __enter__(self) -> Self:
        self._running.__enter__()
        self.testbed = TestbedClient(self.admin_url, self.admin_token)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.testbed.close()
            # Raises what the server did not foresee.
            self._running.__exit__(kind, error, trace)
        finally:
            self._instrument.close()


class RunningPrinters:
    """Simulated printers on UDP, on loopback addresses of their own and one free port."""

    def __init__(self, folder: Path, count: int, model: str, *, seed: int, now: Callable[[], datetime]) -> None:
        at = now()
        self.fleet: Fleet = build_fleet(count, model, seed=seed, installed_at=at - _IN_USE)
        self._directory = FleetDirectory(folder)
        self._clock = self._directory.create(self.fleet, at)
        self._server = PrinterServer(self._directory, port=0)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Where they answer, as `address:port`."""
        return self._server.endpoints

    def show(self, at: datetime) -> None:
        """Let the printers be as they are at a time, and as `fleet` says."""
        self._directory.write(self.fleet)
        self._clock.set(at)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._clock.close()
