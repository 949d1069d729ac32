"""The meter agent: everything this client does, driven by a clock that is handed in.

`run_due` does what is due and returns; `next_due_at` says when to call it again. The program calls them in a loop on
the real clock, a simulation on a virtual one: the steps are the same.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError
from esolutions_client.fleet.device import become
from esolutions_client.planning.schedule import Schedule
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.service.due_run import Done, DueRun
from esolutions_client.service.exchanges.exchanges import Exchanges
from esolutions_client.service.identity import Identity
from esolutions_client.service.printers.polling import Polling
from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.service.printers.rounds import Rounds
from esolutions_client.service.wishes import WishTaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.exchanges.registration.registration import Chosen
    from esolutions_client.service.printers.polling import PollReport
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Prober
    from esolutions_client.store.store import Store
    from esolutions_client.store.switch import Switch
    from esolutions_client.wire.messages import SyncReason, SyncResponse
    from esolutions_client.wire.soap_client import Server

__all__ = ["Done", "MeterAgent"]


class MeterAgent:
    """One installed client."""

    def __init__(
        self,
        store: Store,
        snmp: SnmpPort,
        server: Server,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        rng: Random,
        schedule: Schedule | None = None,
        timeouts: SnmpTimeouts = SnmpTimeouts(),  # noqa: B008 - frozen
        prober: Prober | None = None,
        switch: Switch | None = None,
        time_zone: tzinfo = UTC,
    ) -> None:
        """Put the parts together; nothing is sent yet.

        Args:
            store: what it remembers.
            snmp: the port to the printers.
            server: the port to the Communication Server.
            now: the clock, aware and in UTC.
            monotonic: seconds since the machine started, which no setting of the clock moves.
            rng: where ids, nonces and the secret come from; a `random.SystemRandom` outside simulations.
            schedule: the schedule; drawn from the proxy's id by default, with the sync window in `time_zone`.
            timeouts: how patient to be with printers.
            prober: sorts out silent addresses when a printer is looked for; without it each is asked.
            switch: whether anything may be sent; the one beside the store by default.
            time_zone: the local time of the site.
        """
        self.store = store
        self.identity = Identity(store, rng, switch)
        self.schedule = schedule or Schedule.for_proxy(self.identity.proxy_id, time_zone=time_zone)
        self._now = now
        clock = ClockTrust(store.settings, now=now, monotonic=monotonic)
        self.polling = Polling(store, snmp, self.identity, clock=clock, timeouts=timeouts)
        self._rounds = Rounds(store, snmp, self.polling, now=now, timeouts=timeouts, prober=prober)
        self._exchanges = Exchanges(
            store, snmp, server, self.polling, self.identity, self.schedule, clock=clock, rng=rng, timeouts=timeouts
        )
        wishes = WishTaker(store, now)
        self._due_run = DueRun(
            store,
            self.identity,
            self.schedule,
            self.polling,
            self._rounds,
            self._exchanges,
            now=now,
            monotonic=monotonic,
            take_wishes=lambda: wishes.take(self),
        )

    def register(self, serial_numbers: Sequence[str]) -> Chosen:
        """Register printers that were discovered, and the proxy itself the first time.

        Raises:
            UsageError: a serial number is unknown or cannot be registered.
            DeliveryError: the server did not take it yet; it waits in the outbox.
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        self.identity.require_enabled()
        return self._exchanges.register([self._known(serial) for serial in serial_numbers])

    def register_again(self, serial_numbers: Sequence[str]) -> Chosen:
        """Make this proxy, and printers of it, known again to a server that has lost them: a person says so.

        Raises:
            UsageError: nothing was registered yet, or a printer is not one that is read.
            DeliveryError: the server did not take it yet; it waits in the outbox, before all else.
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        self.identity.require_enabled()
        return self._exchanges.register_again([self._known(serial) for serial in serial_numbers])

    def queued_for_registration(self) -> set[str]:
        """Return the printers whose registration waits in the outbox, by serial number."""
        return self._exchanges.queued_for_registration()

    def poll(self) -> PollReport:
        """Read all registered printers now and deliver what that makes possible.

        Raises:
            DeliveryError: the server did not take an answer yet; it waits in the outbox.
            TurnedOffError: communication is turned off, or was meanwhile; what was read before is kept.
            StoreFullError: there is no room for what would be read, so that no printer was asked.
        """
        report = self._rounds.poll()
        self._exchanges.submit()
        return report

    def sync(self, reason: SyncReason = "Requested") -> SyncResponse:
        """Ask the server what is due, and do it.

        Raises:
            UsageError: nothing is registered yet.
            DeliveryError: the server was not reached; what waits stays queued.
            TurnedOffError: communication is turned off, or was meanwhile; what was committed before stands.
            StoreFullError: a printer that was asked for cannot be read, as there is no room for its reading.
        """
        return self._exchanges.sync(reason)

    def begin(self) -> None:
        """Begin a run of this client, as a program does when it starts.

        Raises:
            StoreError: that cannot be kept; `run_due` does it when it can.
        """
        self._due_run.begin()

    def run_due(self, reason: SyncReason = "Scheduled") -> Done:
        """Do everything that is due now, and nothing while communication is turned off.

        Where the store cannot be used, as on a full disk, nothing is asked or sent, and the next attempt waits longer
        each time.
        """
        return self._due_run.run(reason)

    def next_due_at(self) -> datetime | None:
        """Return when `run_due` has something to do again; None while communication is turned off."""
        return self._due_run.next_at()

    def retire(self, serial_number: str) -> Device:
        """Stop reading a printer for good.

        Raises:
            UsageError: it is unknown, or is not read anyway.
        """
        device = self._known(serial_number)
        if not device.is_polled:
            raise UsageError(f"{serial_number} is {device.state}; only a registered or active printer can be retired")
        with self.store.transaction():
            retired = self.store.devices.save(become(device, "retired"))
            self.store.note(self._now(), "retired", "by a person", serial_number)
        self.polling.forget()
        return retired

    def turn(self, *, on: bool) -> None:
        """Turn all communication on or off.

        Raises:
            StoreError: the switch cannot be written.
        """
        self.identity.turn(on=on, at=self._now())

    def _known(self, serial_number: str) -> Device:
        """Return a printer; an unknown serial number is the person's mistake."""
        device = self.store.devices.get(serial_number)
        if device is None:
            raise UsageError(f"no printer {serial_number} is known: run `esolutions-client discover TARGET` first")
        return device
