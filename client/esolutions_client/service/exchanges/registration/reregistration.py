"""Register this proxy and its printers anew, with a server that has lost them, because a person says so.

The registration carries the secret, so nothing that comes over the wire leads
here. Each printer opens with the last reading that the server acknowledged:
what was printed since is billed with the next period, and nothing before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError
from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.service.exchanges.registration.registration import DEVICES_PER_MESSAGE, Chosen
from esolutions_client.service.identity import new_guid
from esolutions_client.wire.messages import Meter, NewDevice, Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.exchanges.delivery.delivery import Delivery
    from esolutions_client.service.exchanges.registration.registration import Registrar
    from esolutions_client.service.identity import Identity
    from esolutions_client.store.store import Store

__all__ = ["Reregistration"]


class Reregistration:
    """Composes registrations of what was registered before."""

    def __init__(
        self,
        store: Store,
        registrar: Registrar,
        delivery: Delivery,
        identity: Identity,
        *,
        now: Callable[[], datetime],
        rng: Random,
    ) -> None:
        self._store = store
        self._registrar = registrar
        self._delivery = delivery
        self._identity = identity
        self._now = now
        self._rng = rng

    def register(self, devices: Sequence[Device]) -> Chosen:
        """Queue the proxy, and behind it the printers, before all that waits, under the consent of now.

        A registration that waits with another opening reading comes too late to open a printer.
        A printer of which nothing was ever acknowledged is read now; one that does not answer is left out and named.

        Raises:
            UsageError: this client was never registered, or one of the printers is not in service.
            TurnedOffError: communication was turned off while a printer was read; what was acknowledged is queued.
        """
        if not self._identity.is_registered:
            raise UsageError("this client was never registered: run `esolutions-client register` without --again")
        for device in devices:
            if not device.is_polled:
                raise UsageError(f"{device.serial_number} is {device.state}: register it without --again")
        consent = self._now()
        opened = {device.serial_number: self._acknowledged(device.serial_number) for device in devices}
        known = [device for device in devices if opened[device.serial_number] is not None]
        with self._store.transaction():
            for start in range(0, len(known), DEVICES_PER_MESSAGE):
                part = known[start : start + DEVICES_PER_MESSAGE]
                self._queue_devices(part, [new for d in part if (new := opened[d.serial_number])], consent)
            self._queue_proxy(consent)
        unopened = [device for device in devices if opened[device.serial_number] is None]
        read = self._registrar.register_as_of(unopened, consent) if unopened else Chosen((), {})
        return Chosen((*(device.serial_number for device in known), *read.queued), read.unreachable)

    def _acknowledged(self, serial_number: str) -> NewDevice | None:
        """Return the last reading that the server has acknowledged, as an opening reading."""
        sent = self._store.readings.transmitted(serial_number).values()
        if not sent:
            return None
        read_date = max(each.read_date for each in sent)
        # A meter that could not be read with the last bill is named: left out, it would not be ordered any more.
        meters = tuple(Meter(each.meter, each.value if each.read_date == read_date else None) for each in sent)
        return NewDevice(serial_number, read_date, meters)

    def _queue_proxy(self, consent: datetime) -> None:
        for waiting in self._store.outbox.all_waiting():
            if waiting.operation == "RegisterProxy":
                self._store.outbox.reject(waiting.message_id)  # this one stands in its place
        registration = self._registrar.proxy_registration(self._identity.make_secret(), consent)
        self._delivery.queue_acknowledged(new_guid(self._rng), registration, goes_first=True)
        self._store.note(consent, "registers again", "a person sends the registration, with the secret, anew")

    def _queue_devices(self, devices: Sequence[Device], opened: Sequence[NewDevice], consent: datetime) -> None:
        registration = Registration(
            consent_given_at=consent,
            detected_at=max(device.discovered_at for device in devices),
            last_poll_at=self._store.settings.last_poll_at,
            fleet_digest=fleet_digest(self._store.devices.polled_serials()),
            devices=tuple(opened),
        )
        self._delivery.queue_acknowledged(new_guid(self._rng), registration, goes_first=True)
