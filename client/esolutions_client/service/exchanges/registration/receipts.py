"""Take what becomes of registrations: who is registered, who is not, and who has to be registered anew.

A printer that comes in place of another takes over its address; the other one is marked as replaced. What a person
chose is chosen: a registration that is given up because its opening readings may bear a wrong date is made anew. None
is composed here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from esolutions_client.fleet.device import become
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.readings.text import clean_text
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.service.exchanges.outcomes import outcomes_of
from esolutions_client.wire.messages import Outcome, Receipt, Registration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import DeviceOutcome, Request, Response

__all__ = ["RegistrationReceipts"]


class RegistrationReceipts:
    """Keeps in the store what the server says of registrations."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def effects(self) -> dict[str, Effects]:
        """Return what follows from what becomes of these messages."""
        return {
            # Without it the server knows no printer of this client.
            "RegisterProxy": Effects(self._proxy_registered, is_kept=lambda _: True),
            "RegisterProxyDevices": Effects(
                self._devices_registered,
                rejected=self._devices_rejected,
                undated=self._devices_undated,
                is_kept=self._are_in_service,
            ),
        }

    def _proxy_registered(self, _request: Request, response: Response) -> None:
        self._store.settings.registered_at = response.issued_at
        self._store.note(self._now(), "registered", "the server knows this client")

    def _devices_registered(self, request: Request, response: Response) -> None:
        outcomes = outcomes_of(cast("Receipt", response))
        registered = cast("Registration", request).devices
        for new in registered:
            serial = new.serial_number
            device = self._store.devices.get(serial)
            if device is None:
                continue
            outcome = outcomes.get(canonical_serial(serial))
            if outcome is None or outcome.outcome is not Outcome.ACCEPTED:
                self._refused(device, outcome)
                continue
            self._replace_others(device, {each.serial_number for each in registered})
            # One that is in service stays as it is: a server that has lost nothing takes it for registered, too.
            known = device if device.is_polled else become(device, "registered")
            self._store.devices.save(
                replace(
                    known,
                    registered_at=self._now(),
                    replaced_by=None,
                    reregister_since=None,
                    refused_reason=None,
                )
            )
            if not device.is_polled:
                # Of a printer that it knows already the server keeps the opening reading that it has.
                shown = [(meter.name, meter.value) for meter in new.meters if meter.value is not None]
                self._store.readings.mark_transmitted(serial, new.read_date, shown)
            self._store.note(self._now(), "registered", "the server knows this printer", serial)

    def _refused(self, device: Device, outcome: DeviceOutcome | None) -> None:
        """Keep why a printer was not registered, for the person who asked for it."""
        reason = clean_text(outcome.reason if outcome and outcome.reason else "it gave no reason", 200)
        self._store.devices.save(replace(device, refused_reason=reason))
        text = f"the server refused to register it: {reason}"
        self._store.note(self._now(), "refused", text, device.serial_number)

    def _devices_undated(self, request: Request) -> None:
        """Remember what a person chose: it is registered anew with opening readings of a right date."""
        why = "its opening reading may bear a wrong date: it is registered anew as soon as it can be"
        self._await_registration(cast("Registration", request), "undated", why)

    def _devices_rejected(self, request: Request) -> None:
        """Remember what a person chose: that the server does not take it was said by a fault, which is not signed."""
        self._store.settings.rejected_at = self._now()
        why = "a fault says that the server does not take its registration: it is registered anew in an hour"
        self._await_registration(cast("Registration", request), "rejected", why)

    def _are_in_service(self, request: Request) -> bool:
        """Whether printers in service are registered anew: with another opening they would be billed wrongly."""
        devices = (self._store.devices.get(new.serial_number) for new in cast("Registration", request).devices)
        return any(device is not None and device.is_polled for device in devices)

    def _await_registration(self, registration: Registration, kind: str, why: str) -> None:
        for new in registration.devices:
            device = self._store.devices.get(new.serial_number)
            if device is not None and not device.is_polled:
                self._store.devices.save(replace(device, reregister_since=registration.consent_given_at))
                self._store.note(self._now(), kind, why, new.serial_number)

    def _replace_others(self, device: Device, together: set[str]) -> None:
        """Mark the printer that stood at this address before as replaced, unless it may stand elsewhere.

        Where several printers answer there, it is the one that stood at the same hrDeviceIndex. What was registered
        together is there together: one of them has moved, and it will be seen where to.
        """
        for other in self._store.devices.at(device.host, device.port):
            stood_here = device.device_index in (None, other.device_index)
            if other.is_polled and other.doubt is None and stood_here and other.serial_number not in together:
                self._store.devices.save(replace(become(other, "replaced"), replaced_by=device.serial_number))
                self._store.note(self._now(), "replaced", f"by {device.serial_number}", other.serial_number)
