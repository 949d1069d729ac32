"""The meter agent: everything this client does, driven by a clock that is handed in.

`run_due` does what is due at this moment and returns; `next_due_at` says when to
call it again. The program calls them in a loop on the real clock, a simulation
on a virtual one: the steps are the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from esolutions_client.errors import DeliveryError, StoreError, TurnedOffError, UsageError
from esolutions_client.fleet.device import become
from esolutions_client.planning.backoff import Backoff
from esolutions_client.planning.schedule import Schedule
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.service.due_times import DueTimes
from esolutions_client.service.exchanges.billing import Billing
from esolutions_client.service.exchanges.delivery import Delivery
from esolutions_client.service.exchanges.offering import Offers
from esolutions_client.service.exchanges.registration import Registrar
from esolutions_client.service.exchanges.reregistration import Reregistration
from esolutions_client.service.exchanges.syncing import Syncing
from esolutions_client.service.identity import Identity
from esolutions_client.service.printers.polling import Polling, PollReport
from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.service.printers.relocation_search import RelocationSearch
from esolutions_client.service.wishes import WishTaker
from esolutions_client.wire.json_codec import load
from esolutions_client.wire.messages import Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.exchanges.registration import Chosen
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Prober
    from esolutions_client.store.store import Store
    from esolutions_client.store.switch import Switch
    from esolutions_client.wire.messages import SyncReason, SyncResponse
    from esolutions_client.wire.soap_client import Server

__all__ = ["Done", "MeterAgent"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What one call of `run_due` did.

    `settled` is how many messages have left the outbox outside a sync: acknowledged, rejected or given up. `failure`
    says why the server was not reached, `trouble` why the store could not be used.
    """

    poll: PollReport | None = None
    sync: SyncResponse | None = None
    settled: int = 0
    failure: str | None = None
    trouble: str | None = None


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
        self._monotonic = monotonic
        self._backoff = Backoff()
        self._has_begun = False
        self._wishes = WishTaker(store, now)
        self._wish_tried = 0
        self._has_changed = store.watch()
        clock = ClockTrust(store.settings, now=now, monotonic=monotonic)
        self._due_times = DueTimes(store, self.schedule, now)
        self._delivery = Delivery(store, server, self.identity, self.schedule, clock)
        self.polling = Polling(store, snmp, self.identity, clock=clock, timeouts=timeouts)
        self._search = RelocationSearch(store, snmp, now=now, timeouts=timeouts, prober=prober)
        self._registrar = Registrar(
            store, snmp, self._delivery, self.identity, self.schedule, clock=clock, rng=rng, timeouts=timeouts
        )
        self._syncing = Syncing(store, self._delivery, self.schedule, now=now, rng=rng)
        self._billing = Billing(store, self.polling, self._delivery, clock=clock, rng=rng)
        self._reregistration = Reregistration(store, self._registrar, self._delivery, self.identity, now=now, rng=rng)
        offers = Offers(store, self.identity, now)
        self._delivery.on_forgotten = offers.take_up
        self._effects = {**self._registrar.effects(), **self._syncing.effects(), **self._billing.effects()}
        self._effects = offers.with_effects(self._effects)

    def register(self, serial_numbers: Sequence[str]) -> Chosen:
        """Register printers that were discovered, and the proxy itself the first time.

        Raises:
            UsageError: a serial number is unknown or cannot be registered.
            DeliveryError: the server did not take it yet; it waits in the outbox.
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        self.identity.require_enabled()
        chosen = self._registrar.register([self._known(serial) for serial in serial_numbers])
        self._flush()
        return chosen

    def register_again(self, serial_numbers: Sequence[str]) -> Chosen:
        """Make this proxy, and printers of it, known again to a server that has lost them: a person says so.

        Raises:
            UsageError: nothing was registered yet, or a printer is not one that is read.
            DeliveryError: the server did not take it yet; it waits in the outbox, before all else.
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        self.identity.require_enabled()
        chosen = self._reregistration.register([self._known(serial) for serial in serial_numbers])
        self._flush()
        return chosen

    def queued_for_registration(self) -> set[str]:
        """Return the printers whose registration waits in the outbox, by serial number."""
        with self.store.outbox.decoding:
            waiting = [load(each.operation, each.body) for each in self.store.outbox.all_waiting()]
        return {d.serial_number for each in waiting if isinstance(each, Registration) for d in each.devices}

    def poll(self) -> PollReport:
        """Read all registered printers now and deliver what that makes possible.

        Raises:
            DeliveryError: the server did not take an answer yet; it waits in the outbox.
            TurnedOffError: communication is turned off, or was meanwhile; what was read before is kept.
            StoreFullError: there is no room for what would be read, so that no printer was asked.
        """
        report = self._poll()
        self._answer()
        return report

    def sync(self, reason: SyncReason = "Requested") -> SyncResponse:
        """Ask the server what is due, and do it.

        Raises:
            UsageError: nothing is registered yet.
            DeliveryError: the server was not reached; what waits stays queued.
            TurnedOffError: communication is turned off, or was meanwhile; what was committed before stands.
            StoreFullError: a printer that was asked for cannot be read, as there is no room for its reading.
        """
        self.identity.require_enabled()
        self.identity.credentials()
        self._flush()
        response = self._syncing.sync(reason)
        if response.commands or response.resume_after is not None:
            self.polling.forget()
            self._flush()
            wanting = self._billing.serials_wanting_a_reading()
            if wanting:
                self.polling.poll(wanting)
            self._answer()
        return response

    def begin(self) -> None:
        """Begin a run of this client, as a program does when it starts.

        Raises:
            StoreError: that cannot be kept; `run_due` does it when it can.
        """
        self.identity.begin_instance()
        self._has_begun = True

    def run_due(self, reason: SyncReason = "Scheduled") -> Done:
        """Do everything that is due at this moment, and nothing while communication is turned off.

        Where the store cannot be used, as on a full disk, nothing is asked or sent, and the next attempt waits longer
        each time.
        """
        if not self._is_wished and not self._may_work:
            return Done()
        try:
            if not self._has_begun:
                self.begin()
            # Somebody waits for the outcome of a new one, be it that communication is off or the disk full still.
            self._wish_tried = self._newest_wish()
            if self._wish_tried:
                self._wishes.take(self)
            if not self._may_work:
                return Done()
            done = self._run_due(reason)
        except TurnedOffError:
            # Somebody turned it off in the middle: what was committed before stands, the rest is due when it is on.
            return Done()
        except StoreError as error:
            wait = self._backoff.failed(self._monotonic())
            return Done(trouble=f"{error}; trying again in {wait.total_seconds() / 60:g} minutes")
        self._backoff.succeeded()
        return done

    def _run_due(self, reason: SyncReason) -> Done:
        now = self._now()
        report: PollReport | None = None
        failure: str | None = None
        settled = 0
        response: SyncResponse | None = None
        is_news = self._has_changed()
        if is_news:
            self._notice()
        if self._has_printers() and self._due_times.poll_at() <= now:
            report = self._poll()
        contact_at, sync_is_due = self._due_times.contact_at()
        try:
            if contact_at is not None and contact_at <= now:
                if sync_is_due:
                    response = self.sync("Retry" if self.store.settings.failures else reason)
                else:
                    settled = self._flush()
            if (is_news or report is not None) and self._due_times.may_contact():
                settled += self._answer()
        except DeliveryError as error:
            failure = str(error)
        return Done(report, response, settled, failure)

    def next_due_at(self) -> datetime | None:
        """Return when `run_due` has something to do again; None while communication is turned off."""
        if self._is_wished:
            return self._now()
        if not self.identity.is_enabled:
            return None
        left = self._backoff.left(self._monotonic())
        if left:
            return self._now() + left
        contact_at, _ = self._due_times.contact_at()
        if not self._has_printers():
            return contact_at
        poll_at = self._due_times.poll_at()
        return poll_at if contact_at is None else min(poll_at, contact_at)

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
        self.identity.turn(on=on, moment=self._now())

    @property
    def _may_work(self) -> bool:
        """Whether communication is on, and the store was usable or is tried again."""
        return self.identity.is_enabled and not self._backoff.left(self._monotonic())

    @property
    def _is_wished(self) -> bool:
        """Whether somebody asks for something that was not tried yet."""
        return self._newest_wish() > self._wish_tried

    def _newest_wish(self) -> int:
        try:
            return self.store.wishes.newest_open()
        except StoreError:
            return 0  # what is due next meets it, and says so

    def _notice(self) -> None:
        """Take up what another program has changed: a printer that was accepted is billed now, not in two hours."""
        self.polling.forget()
        wanting = map(self.polling.by_serial, self._billing.serials_wanting_a_reading())
        devices = [item.device for item in wanting if item is not None]
        answering = [d.serial_number for d in devices if d.silent_since is None and d.held_since is None]
        if answering:
            self.polling.poll(answering)

    def _known(self, serial_number: str) -> Device:
        device = self.store.devices.get(serial_number)
        if device is None:
            raise UsageError(f"no printer {serial_number} is known: run `esolutions-client discover TARGET` first")
        return device

    def _has_printers(self) -> bool:
        """Whether there is one to read, be it to register it anew."""
        return bool(self.polling.tracked()) or self._registrar.is_awaiting_registration

    def _poll(self) -> PollReport:
        """Read every printer where it was, and those that have moved where they are now."""
        report = self.polling.poll()
        followed = self._search.follow(report.silent)
        if not followed:
            return report
        self.polling.forget()
        moved = self.polling.poll(followed)
        silent = tuple(serial for serial in report.silent if serial not in moved.answered)
        return PollReport((*report.answered, *moved.answered), silent)

    def _flush(self) -> int:
        settled = self._delivery.flush(self._effects)
        if self._registrar.renew():
            settled += self._delivery.flush(self._effects)
        if settled:
            self.polling.forget()
        return settled

    def _answer(self) -> int:
        """Register anew and answer billing requests, as far as that can be done now."""
        if self._registrar.renew() + self._billing.answer() == 0:
            return 0
        return self._flush()
