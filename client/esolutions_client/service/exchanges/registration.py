"""Register this proxy and the printers a person chose.

Nothing is registered that nobody asked for: discovery only lists, and the
moment of consent is part of the message. A printer that comes in place of
another takes over its address; the other one is marked as replaced. What a
person chose is chosen: where a registration is given up because its opening
readings may bear a wrong date, it is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from esolutions_client.errors import UsageError
from esolutions_client.fleet.device import become, can_become
from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.readings.text import clean_text
from esolutions_client.service.exchanges.delivery import Effects
from esolutions_client.service.exchanges.outcomes import outcomes_of
from esolutions_client.service.exchanges.reasons import why_held
from esolutions_client.service.identity import new_guid
from esolutions_client.service.policy_in_force import plan_in_force
from esolutions_client.service.printers.printer_state import SnmpTimeouts, encode_poll
from esolutions_client.service.printers.relocation import Relocation
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.rows.identify import identify_and_poll
from esolutions_client.wire.json_codec import load
from esolutions_client.wire.messages import (
    Meter,
    NewDevice,
    Outcome,
    ProxyRegistration,
    Receipt,
    Registration,
    number_that_fits,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.exchanges.delivery import Delivery
    from esolutions_client.service.identity import Identity
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import DeviceOutcome, Request, Response

__all__ = ["DEVICES_PER_MESSAGE", "Chosen", "Registrar", "meters_of"]

# The largest message stays near 1.3 MB, well under what servers take.
DEVICES_PER_MESSAGE = 1000
_UNTIL_RENEWED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of the printers that were to be registered, by serial number."""

    queued: tuple[str, ...]
    unreachable: dict[str, str]


class Registrar:
    """Composes registrations and takes their receipts."""

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
        self._snmp = snmp
        self._timeouts = timeouts
        self._relocation = Relocation(store, snmp, now=clock.now, timeouts=timeouts)
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
        return {
            # Without it the server knows nobody.
            "RegisterProxy": Effects(self._proxy_registered, is_kept=lambda _: True),
            "RegisterProxyDevices": Effects(
                self._devices_registered,
                rejected=self._devices_rejected,
                undated=self._devices_undated,
                is_kept=self._are_in_service,
            ),
        }

    def register_as_of(self, devices: Sequence[Device], consent: datetime) -> Chosen:
        """Read printers and queue their registration, with the consent that was given then."""
        clock_origin = self._clock.origin()
        opened, unreachable = self._opening_readings(devices)
        with self._store.transaction():
            if not self._identity.is_registered:
                self._queue_proxy(consent)
            for start in range(0, len(opened), DEVICES_PER_MESSAGE):
                self._queue_devices(opened[start : start + DEVICES_PER_MESSAGE], consent, clock_origin)
        return Chosen(tuple(device.serial_number for device, _, _, _ in opened), unreachable)

    def _opening_readings(
        self, devices: Sequence[Device]
    ) -> tuple[list[tuple[Device, Layout, SteadyPoll, datetime]], dict[str, str]]:
        """Identify the chosen printers anew: a registration never rests on an old reading."""
        self._identity.require_enabled()
        self._store.require_room()
        opened: dict[int, tuple[Device, Layout, SteadyPoll, datetime]] = {}
        unreachable = {d.serial_number: f"held: {why_held(d)}" for d in devices if d.doubt is not None}
        devices = [device for device in devices if device.doubt is None]
        targets = [self._timeouts.target(device) for device in devices]
        tasks = [
            (target, identify_and_poll(target, device.serial_number, self._now))
            for target, device in zip(targets, devices, strict=True)
        ]
        for batch in self._snmp.converse(tasks):
            moment = self._now()
            for index, result in batch:
                device = devices[index]
                if isinstance(result, SnmpError):
                    unreachable[device.serial_number] = str(result)
                elif result[0].serial_number != device.serial_number:
                    found = result[0].serial_number or "a printer without a serial number"
                    unreachable[device.serial_number] = (
                        f"{device.host} answers as {found}: `esolutions-client discover TARGET` finds where it is now"
                    )
                else:
                    opened[index] = (device, *result, moment)
        unreachable |= self._relocation.shown_elsewhere([device for device, *_ in opened.values()])
        chosen = [opened[index] for index in sorted(opened)]
        return [one for one in chosen if one[0].serial_number not in unreachable], unreachable

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
        schedule = plan_in_force(self._schedule, self._store.settings)
        installed_at = self._store.settings.installed_at or consent
        return ProxyRegistration(
            secret,
            installed_at,
            consent,
            schedule.daily_sync_time_utc(self._now()),
            schedule.sync_window,
            schedule.poll_interval,
        )

    def _queue_devices(
        self, opened: Sequence[tuple[Device, Layout, SteadyPoll, datetime]], consent: datetime, clock_origin: int
    ) -> None:
        """Keep the opening readings and queue them; the caller's transaction commits both."""
        devices: list[NewDevice] = []
        rows: list[tuple[int, int, int, int | None, str | None, str]] = []
        for device, layout, poll, moment in opened:
            known = replace(
                device,
                vendor=layout.vendor,
                model=layout.model,
                reregister_since=None,
                device_index=layout.device_index,
                hardware_addresses=" ".join(layout.hardware_addresses) or device.hardware_addresses,
            )
            known = self._store.devices.save_layout(self._store.devices.save(known), layout.to_json())
            seconds = int(moment.timestamp())
            rows.append((known.device_id, seconds, known.layout_id or 0, poll.uptime, None, encode_poll(poll)))
            devices.append(NewDevice(device.serial_number, moment, meters_of(layout, poll)))
        self._store.readings.add(self._store.readings.begin_round(), rows)
        settings = self._store.settings
        if settings.last_poll_at is None:
            # The opening readings are the first poll there was.
            settings.last_poll_at = consent
        ours = set(self._store.devices.polled_serials()) | self._on_their_way()
        self._delivery.queue(
            new_guid(self._rng),
            Registration(
                consent_given_at=consent,
                detected_at=max(device.discovered_at for device, _, _, _ in opened),
                last_poll_at=settings.last_poll_at,
                fleet_digest=fleet_digest(ours | {device.serial_number for device in devices}),
                devices=tuple(devices),
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

    def _proxy_registered(self, _request: Request, answer: Response) -> None:
        self._store.settings.registered_at = answer.issued_at
        self._store.note(self._now(), "registered", "the server knows this client")

    def _devices_registered(self, request: Request, answer: Response) -> None:
        outcomes = outcomes_of(cast("Receipt", answer))
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
        """Keep why a printer was not registered, for whoever asked for it."""
        reason = clean_text(outcome.reason if outcome and outcome.reason else "it gave no reason", 200)
        self._store.devices.save(replace(device, refused_reason=reason))
        text = f"the server refused to register it: {reason}"
        self._store.note(self._now(), "refused", text, device.serial_number)

    def _devices_undated(self, request: Request) -> None:
        """Remember what a person chose: it is registered anew with opening readings of a right date."""
        why = "its opening reading may bear a wrong date: it is registered anew as soon as it can be"
        self._await_registration(cast("Registration", request), "undated", why)

    def _devices_rejected(self, request: Request) -> None:
        """Remember what a person chose: whoever said that the server does not take it, nobody has signed that."""
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


def meters_of(layout: Layout, poll: SteadyPoll) -> tuple[Meter, ...]:
    """Return the meters of a poll as the wire carries them; one that cannot be read now is a name without a value."""
    shown = zip(layout.meters, poll.meter_values, strict=True)
    return tuple(Meter(row.name, number_that_fits(value)) for row, value in shown)
