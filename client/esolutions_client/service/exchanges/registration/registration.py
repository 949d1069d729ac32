"""Register this proxy and the printers a person chose.

Nothing is registered unasked: discovery only lists, and the time of consent is part of the message. What
a person chose is chosen: a registration that was given up is made anew. `registration_receipts` takes what becomes of
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from esolutions_client.errors import UsageError
from esolutions_client.fleet.device import can_become
from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.service.exchanges.registration.opening_readings import OpeningReadings
from esolutions_client.service.exchanges.registration.receipts import RegistrationReceipts
from esolutions_client.service.identity import new_guid
from esolutions_client.service.policy_in_force import schedule_in_force
from esolutions_client.wire.json_codec import load
from esolutions_client.wire.messages import ProxyRegistration, Registration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.exchanges.delivery.delivery import Delivery
    from esolutions_client.service.exchanges.delivery.effects import Effects
    from esolutions_client.service.exchanges.registration.opening_readings import Opening
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.store.store import Store

__all__ = ["DEVICES_PER_MESSAGE", "Chosen", "Registrar"]

# The largest message stays near 1.3 MB, well under what servers take.
DEVICES_PER_MESSAGE = 1000
_UNTIL_RENEWED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of the printers that were to be registered, by serial number."""

    queued: tuple[str, ...]
    unreachable: dict[str, str]


class Registrar:
    """Composes registrations."""

    def __init__(
        self,
        store: Store,
        snmp: SnmpPort,
        delivery: Delivery,
        identity: Identity,
        schedule: Schedule,
        *,
        clock: ClockTrust,
        rng: Random,
        timeouts: SnmpTimeouts,
    ) -> None:
        self._store = store
        self._openings = OpeningReadings(store, snmp, identity, now=clock.now, timeouts=timeouts)
        self._receipts = RegistrationReceipts(store, clock.now)
        self._delivery = delivery
        self._identity = identity
        self._schedule = schedule
        self._clock = clock
        self._now = clock.now
        self._rng = rng

    def register(self, devices: Sequence[Device]) -> Chosen:
        """Read the chosen printers, and queue their registration with the opening readings.

        A printer that does not answer, or whose serial number is another, is left out and named.

        Raises:
            UsageError: one of them cannot be registered in its state.
            TurnedOffError: communication is turned off, or was meanwhile; nothing was queued.
        """
        for device in devices:
            if device.state != "registered" and not can_become(device.state, "registered"):
                unknown = self._identity.unknown_since is not None
                again = "`register --again` makes it known to a server that has lost it" if unknown else ""
                raise UsageError(
                    f"{device.serial_number} is {device.state} already; {again or 'there is nothing to register'}"
                )
        return self.register_as_of(devices, self._now())

    def renew(self) -> int:
        """Queue anew what was given up, with new opening readings and the old consent; return how many printers.

        A printer that does not answer goes on waiting. None is read by a clock that the server refuses, nor within an
        hour of a fault that said that the server does not take it.
        """
        rejected_at = self._store.settings.rejected_at
        is_early = rejected_at is not None and timedelta(0) <= self._now() - rejected_at < _UNTIL_RENEWED
        awaiting = [] if self._clock.is_refused or is_early else self._store.devices.awaiting_registration()
        queued = 0
        for since in sorted({device.reregister_since for device in awaiting if device.reregister_since is not None}):
            queued += len(self.register_as_of([d for d in awaiting if d.reregister_since == since], since).queued)
        return queued

    @property
    def is_awaiting_registration(self) -> bool:
        """Whether a registration has to be made anew."""
        return bool(self._store.devices.awaiting_registration())

    def effects(self) -> dict[str, Effects]:
        """Return what follows from what becomes of these messages."""
        return self._receipts.effects()

    def register_as_of(self, devices: Sequence[Device], consent: datetime) -> Chosen:
        """Read printers and queue their registration, with the consent that was given then."""
        clock_origin = self._clock.origin()
        openings, unreachable = self._openings.take(devices)
        with self._store.transaction():
            if not self._identity.is_registered:
                self._queue_proxy(consent)
            for start in range(0, len(openings), DEVICES_PER_MESSAGE):
                self._queue_devices(openings[start : start + DEVICES_PER_MESSAGE], consent, clock_origin)
        return Chosen(tuple(opening.device.serial_number for opening in openings), unreachable)

    def _queue_proxy(self, consent: datetime) -> None:
        settings = self._store.settings
        secret = self._identity.make_secret()
        if settings.installed_at is None:
            settings.installed_at = consent
        message_id = settings.proxy_message_id
        if message_id is not None:
            return  # it waits in the outbox already
        message_id = new_guid(self._rng)
        settings.proxy_message_id = message_id
        self._delivery.queue(message_id, self.proxy_registration(secret, consent))

    def proxy_registration(self, secret: str, consent: datetime) -> ProxyRegistration:
        """Return what makes this proxy and its secret known."""
        schedule = schedule_in_force(self._schedule, self._store.settings)
        installed_at = self._store.settings.installed_at or consent
        return ProxyRegistration(
            secret,
            installed_at,
            consent,
            schedule.daily_sync_time_utc(self._now()),
            schedule.sync_window,
            schedule.poll_interval,
        )

    def _queue_devices(self, openings: Sequence[Opening], consent: datetime, clock_origin: int) -> None:
        """Keep the opening readings and queue them; the caller's transaction commits both."""
        devices = self._openings.keep(openings)
        settings = self._store.settings
        if settings.last_poll_at is None:
            # The opening readings are the first poll there was.
            settings.last_poll_at = consent
        ours = set(self._store.devices.polled_serials()) | self._on_their_way()
        self._delivery.queue(
            new_guid(self._rng),
            Registration(
                consent_given_at=consent,
                detected_at=max(opening.device.discovered_at for opening in openings),
                last_poll_at=settings.last_poll_at,
                fleet_digest=fleet_digest(ours | {device.serial_number for device in devices}),
                devices=devices,
            ),
            clock_origin,
        )

    def _on_their_way(self) -> set[str]:
        """Return the printers of registrations that wait: by when the next one arrives the server knows them."""
        with self._store.outbox.decoding:
            waiting = [
                load(each.operation, each.body)
                for each in self._store.outbox.all_waiting()
                if each.operation == "RegisterProxyDevices"
            ]
        return {new.serial_number for each in waiting for new in cast("Registration", each).devices}
