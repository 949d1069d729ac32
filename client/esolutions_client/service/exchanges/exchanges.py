"""All exchanges with the server put together: what is composed is delivered, and what follows from it is done.

When an exchange is due is not decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.service.exchanges.billing.billing import Billing
from esolutions_client.service.exchanges.delivery.attempts import Attempts
from esolutions_client.service.exchanges.delivery.delivery import Delivery
from esolutions_client.service.exchanges.delivery.offering import Offers
from esolutions_client.service.exchanges.registration.registration import Registrar
from esolutions_client.service.exchanges.registration.reregistration import Reregistration
from esolutions_client.service.exchanges.syncing import Syncing
from esolutions_client.wire.json_codec import load
from esolutions_client.wire.messages import Registration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.exchanges.registration.registration import Chosen
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.printers.polling import Polling
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import SyncReason, SyncResponse
    from esolutions_client.wire.soap_client import Server

__all__ = ["Exchanges"]


class Exchanges:
    """Registrations, syncs and billing of one client."""

    def __init__(
        self,
        store: Store,
        snmp: SnmpPort,
        server: Server,
        polling: Polling,
        identity: Identity,
        schedule: Schedule,
        *,
        clock: ClockTrust,
        rng: Random,
        timeouts: SnmpTimeouts,
    ) -> None:
        self._store = store
        self._polling = polling
        self._identity = identity
        offers = Offers(store, identity, clock.now)
        attempts = Attempts(store, server, identity, schedule, clock, on_forgotten=offers.take_up)
        self._delivery = Delivery(store, attempts, clock)
        self._registrar = Registrar(
            store, snmp, self._delivery, identity, schedule, clock=clock, rng=rng, timeouts=timeouts
        )
        self._syncing = Syncing(store, self._delivery, schedule, now=clock.now, rng=rng)
        self._billing = Billing(store, polling, self._delivery, clock=clock, rng=rng)
        self._reregistration = Reregistration(store, self._registrar, self._delivery, identity, now=clock.now, rng=rng)
        effects = {**self._registrar.effects(), **self._syncing.effects(), **self._billing.effects()}
        self._effects = offers.with_effects(effects)

    @property
    def is_awaiting_registration(self) -> bool:
        """Whether a registration has to be made anew."""
        return self._registrar.is_awaiting_registration

    def register(self, devices: Sequence[Device]) -> Chosen:
        """Register printers, and the proxy itself the first time; see `MeterAgent.register`."""
        chosen = self._registrar.register(devices)
        self.flush()
        return chosen

    def register_again(self, devices: Sequence[Device]) -> Chosen:
        """Make the proxy, and printers of it, known again; see `MeterAgent.register_again`."""
        chosen = self._reregistration.register(devices)
        self.flush()
        return chosen

    def queued_for_registration(self) -> set[str]:
        """Return the printers whose registration waits in the outbox, by serial number."""
        with self._store.outbox.decoding:
            waiting = [load(each.operation, each.body) for each in self._store.outbox.all_waiting()]
        return {d.serial_number for each in waiting if isinstance(each, Registration) for d in each.devices}

    def sync(self, reason: SyncReason) -> SyncResponse:
        """Ask the server what is due, and do it; see `MeterAgent.sync`."""
        self._identity.require_enabled()
        self._identity.credentials()
        self.flush()
        response = self._syncing.sync(reason)
        if response.commands or response.resume_after is not None:
            self._polling.forget()
            self.flush()
            wanting = self.serials_wanting_a_reading()
            if wanting:
                self._polling.poll(wanting)
            self.submit()
        return response

    def serials_wanting_a_reading(self) -> list[str]:
        """Return the printers whose newest reading is too old for a billing request that is open."""
        return self._billing.serials_wanting_a_reading()

    def submit(self) -> int:
        """Register anew and answer billing requests, as far as that can be done now; return how many messages left.

        Raises:
            DeliveryError: the server did not take one yet; it waits in the outbox.
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        if self._registrar.renew() + self._billing.submit() == 0:
            return 0
        return self.flush()

    def flush(self) -> int:
        """Deliver what waits in the outbox; return how many messages have left it. Raises as `submit` does."""
        settled = self._delivery.flush(self._effects)
        if self._registrar.renew():
            settled += self._delivery.flush(self._effects)
        if settled:
            self._polling.forget()
        return settled
