"""One client before a real server and simulated printers, in one process, with a hand on every cable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.device import Device
from esolutions_client.service.agent import MeterAgent
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.search.discovery import discover
from esolutions_client.store.store import Store
from esolutions_client.wire.http.transport import HttpResponse, Transport
from esolutions_client.wire.soap_client import SoapClient
from esolutions_scenarios.worlds.memory import MemoryWorld
from esolutions_server.domain.policy import Policy
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_simulators.fleet import Fleet, build_fleet

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Fault = Callable[[bytes, Callable[[bytes], HttpResponse]], HttpResponse]


class Line:
    """The way to the server: keeps what goes out, and does to it what a test says."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.sent: list[bytes] = []
        self.fault: Fault | None = None

    def post(self, body: bytes, *, operation: str) -> HttpResponse:
        """Carry one request."""
        self.sent.append(body)
        if self.fault is not None:
            return self.fault(body, lambda changed: self._inner.post(changed, operation=operation))
        return self._inner.post(body, operation=operation)


class Lan:
    """The way to the printers: counts the conversations."""

    def __init__(self, inner: SnmpPort) -> None:
        self._inner = inner
        self.conversations = 0

    def converse(self, tasks: Sequence[Any]) -> Iterator[Any]:
        """Run conversations."""
        self.conversations += len(tasks)
        return self._inner.converse(tasks)


class Office:
    """A machine with the client on it, its printers and its server.

    `now` moves only when told; `skew` is what the machine's clock is ahead of it.
    """

    def __init__(self, folder: Path, printers: int = 2) -> None:
        self._path = folder / "office.sqlite"
        self.now = START
        self.world = MemoryWorld(folder, start=START, seed=1, policy=Policy())
        self.fleet: Fleet = build_fleet(printers, "nominal", installed_at=START - timedelta(days=400))
        self.world.show_fleet(self.fleet)
        self.serials = [printer.serial_at(START) for printer in self.fleet]
        self.line = Line(self.world.transport())
        self.lan = Lan(self.world.snmp())
        self._rng = Random("office")
        self.skew = timedelta(0)
        self.switched_on_at = START
        self.start()

    @property
    def administration(self) -> Any:
        """The server's operator."""
        return self.world.administration

    def start(self) -> None:
        """Start the client."""
        self.store = Store(self._path, synchronous="OFF")
        server = SoapClient(self.line, now=lambda: self.now + self.skew, rng=self._rng)
        self.agent = MeterAgent(
            self.store,
            self.lan,
            server,
            now=lambda: self.now + self.skew,
            monotonic=self._monotonic,
            rng=self._rng,
            timeouts=self.world.snmp_timeouts,
        )

    def _monotonic(self) -> float:
        return (self.now - self.switched_on_at).total_seconds()

    def restart(self) -> None:
        """Stop the client wherever it is, and start it again."""
        self.store.close()
        self.start()

    def reboot(self) -> None:
        """Switch the machine off and on again."""
        self.switched_on_at = self.now
        self.restart()

    def pass_time(self, span: timedelta) -> None:
        """Let time pass with the client off."""
        self.now += span
        self.world.set_clock(self.now)

    def run_for(self, span: timedelta) -> None:
        """Let time pass; the client does what is due at least a second apart, as its loop does."""
        end = self.now + span
        self.agent.run_due()
        while (due := self.agent.next_due_at()) is not None and due - self.skew <= end:
            self.now = max(due - self.skew, self.now + timedelta(seconds=1))
            self.world.set_clock(self.now)
            self.agent.run_due()
        self.now = max(end, self.now)
        self.world.set_clock(self.now)

    def discover(self) -> None:
        """Find the printers and list them."""
        targets = [Target(printer.address, 1161) for printer in self.fleet]
        for found in discover(self.lan, targets, now=lambda: self.now + self.skew):
            serial = found.outcome.reading.serial_number  # type: ignore[union-attr]
            assert serial is not None
            if self.store.devices.get(serial) is None:
                device = Device(serial_number=serial, host=found.target.host, port=1161, discovered_at=self.now)
                self.store.devices.save(device)

    def enrol(self) -> None:
        """Discover, register and sign up everything, and let the server turn it on."""
        self.administration.add_account("Office", "key.user@customer.example")
        installed_on = (START - timedelta(days=180)).date()
        rows = [EquipmentRow(s, installed_on, "Office", "key.user@customer.example", "monthly") for s in self.serials]
        self.administration.import_equipment(rows)
        self.discover()
        self.agent.register(self.serials)
        self.run_for(timedelta(hours=1))
        for serial in self.serials:
            self.administration.sign_up(serial)
        self.agent.sync()

    def open_requests(self) -> list[str]:
        """Return the printers with a billing request that the server has no answer to."""
        return [request.serial for request in self.administration.requests() if request.state == "open"]

    def close(self) -> None:
        """Close store and server."""
        self.store.close()
        self.world.close()
