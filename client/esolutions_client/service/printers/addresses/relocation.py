"""Decide what becomes of a printer whose serial number is shown at another address than its own.

It is moved where its own address no longer answers for it and exactly one of
the machines that show its serial number agrees with all that is known of it.
Where none or several do, it is held until a person accepts. Where it still
answers at its address, the others are told of and it stays. Two machines are
never made one.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from esolutions_client.fleet.sameness import is_same_machine, is_still_there
from esolutions_client.service.printers.addresses.sightings import (
    Sighting,
    also_at,
    doubt_of,
    in_words,
    known_of,
    put_also_at,
)
from esolutions_client.service.printers.printer_state import encode_poll, track
from esolutions_client.snmp.errors import SilentError, SnmpError
from esolutions_client.snmp.rows.identify import identify_and_poll

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.printers.addresses.sightings import Place
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.store.store import Store

__all__ = ["AtHome", "Outcome", "Relocation"]

_LOG = logging.getLogger(__name__)

# What its own address answers: a machine that shows its serial number, an answer that cannot be read, or anything else.
AtHome: TypeAlias = Sighting | SnmpError | None


class Outcome(NamedTuple):
    """What became of a printer, and the printer as it is kept now."""

    kind: Literal["stays", "moved", "held"]
    device: Device


class Relocation:
    """Settles where the printers of one store are."""

    def __init__(self, store: Store, snmp: SnmpPort, *, now: Callable[[], datetime], timeouts: SnmpTimeouts) -> None:
        self._store = store
        self._snmp = snmp
        self._now = now
        self._timeouts = timeouts

    def ask_at_home(self, devices: Sequence[Device]) -> dict[str, AtHome]:
        """Ask printers at their own addresses; return by serial number what answers there for them."""
        if not devices:
            return {}
        targets = [self._timeouts.target(device) for device in devices]
        tasks = [
            (target, identify_and_poll(target, device.serial_number, self._now))
            for target, device in zip(targets, devices, strict=True)
        ]
        sightings: dict[str, AtHome] = {}
        for batch in self._snmp.converse(tasks):
            for index, result in batch:
                device, target = devices[index], targets[index]
                if isinstance(result, SnmpError):
                    sightings[device.serial_number] = None if isinstance(result, SilentError) else result
                else:
                    is_shown = result[0].serial_number == device.serial_number
                    sightings[device.serial_number] = Sighting(target, *result, self._now()) if is_shown else None
        return sightings

    def shown_elsewhere(self, devices: Sequence[Device]) -> dict[str, str]:
        """Return the printers whose serial number another machine shows, too, and where: it names neither."""
        asked = [(device, target) for device in devices for target in also_at(self._store, device)]
        if not asked:
            return {}
        tasks = [(target, identify_and_poll(target, d.serial_number, self._now)) for d, target in asked]
        reasons: dict[str, str] = {}
        for batch in self._snmp.converse(tasks):
            for index, result in batch:
                device, target = asked[index]
                if not isinstance(result, SnmpError) and result[0].serial_number == device.serial_number:
                    reasons[device.serial_number] = (
                        f"two machines show its serial number, at {in_words((device.host, device.port))} and"
                        f" {in_words((target.host, target.port))}: give each its own or turn one off, then choose"
                        " it again"
                    )
        return reasons

    def settle(self, device: Device, elsewhere: Sequence[Sighting], at_home: AtHome) -> Outcome:
        """Decide where a printer is, inside the caller's transaction.

        Args:
            device: the printer as it is kept.
            elsewhere: the machines that show its serial number at other addresses.
            at_home: what its own address answers.
        """
        known = known_of(self._store, track(self._store, device, self._timeouts))
        differs = ""
        if isinstance(at_home, Sighting):
            verdict = is_still_there(known, at_home.evidence)
            if verdict.is_same:
                return self._stays(device, elsewhere, at_home)
            differs = verdict.reason
        elif at_home is not None:
            return self._stays(device, elsewhere, None)
        verdicts = [is_same_machine(known, sighting.evidence) for sighting in elsewhere]
        agreeing = [one for one, verdict in zip(elsewhere, verdicts, strict=True) if verdict.is_same]
        if len(agreeing) == 1:
            return self._moved(device, agreeing[0], [one for one in elsewhere if one is not agreeing[0]])
        if len(agreeing) > 1:
            return self._held(device, agreeing[0], "several machines show its serial number", elsewhere)
        if isinstance(at_home, Sighting):
            if not device.is_polled and not elsewhere:
                # It is not registered yet: what is listed is what is there.
                return Outcome("stays", self.believe(device, at_home))
            return self._held(device, at_home, differs, elsewhere)
        return self._held(device, elsewhere[0], verdicts[0].reason, elsewhere)

    def doubt(self, device: Device, sighting: Sighting, reason: str) -> Device:
        """Hold a printer at whose address another machine may show its serial number."""
        return self._held(device, sighting, reason, []).device

    def forget_places(self, device: Device, empty: set[Place]) -> Device:
        """Forget that its serial number was shown at these places: they were asked, and it is not any more."""
        left = put_also_at(
            [target for target in also_at(self._store, device) if (target.host, target.port) not in empty]
        )
        return device if left == device.also_at else self._store.devices.save(replace(device, also_at=left))

    def believe(self, device: Device, sighting: Sighting) -> Device:
        """Keep what was seen of a printer that is where it was, and end the doubt about it."""
        layout = sighting.layout
        changed = replace(
            device,
            vendor=layout.vendor or device.vendor,
            model=layout.model or device.model,
            hardware_addresses=sighting.hardware_addresses or device.hardware_addresses,
            doubt=None,
        )
        if device.doubt is not None:
            changed = self._freed(changed)
            self._store.note(self._now(), "found", "it answers at its own address", device.serial_number)
        return device if changed == device else self._store.devices.save(changed)

    def accept(self, device: Device) -> Device:
        """Take the machine that was doubted for the printer, where it stands and with what it shows."""
        sighting = doubt_of(self._store, device)
        freed = replace(device, doubt=None, held_since=None, held_reason=None)
        if sighting is None:
            return self._store.devices.save(freed)
        taken = self._also(self._put(freed, sighting), [])
        if taken.is_polled:
            taken = self._store.devices.save_layout(taken, sighting.layout.to_json())
            seconds = int(sighting.seen_at.timestamp())
            body = encode_poll(sighting.poll)
            row = (taken.device_id, seconds, taken.layout_id or 0, sighting.poll.uptime, "accepted", body)
            self._store.readings.add(self._store.readings.begin_round(), [row])
        return taken

    def _stays(self, device: Device, elsewhere: Sequence[Sighting], at_home: Sighting | None) -> Outcome:
        if at_home is not None:
            device = self.believe(device, at_home)
        known = {(target.host, target.port) for target in also_at(self._store, device)}
        for sighting in elsewhere:
            if sighting.place not in known:
                text = f"another machine shows its serial number at {sighting.target.host}"
                self._store.note(self._now(), "duplicate", text, device.serial_number)
                _LOG.warning("%s at %s: %s", device.serial_number, device.host, text)
        return Outcome("stays", self._also(device, elsewhere))

    def _moved(self, device: Device, sighting: Sighting, others: Sequence[Sighting]) -> Outcome:
        moved = self._freed(replace(device, doubt=None)) if device.doubt is not None else device
        moved = self._put(moved, sighting)
        text = f"from {device.host} to {sighting.target.host}"
        self._store.note(self._now(), "moved", text, device.serial_number)
        return Outcome("moved", self._also(moved, others))

    def _held(self, device: Device, sighting: Sighting, reason: str, elsewhere: Sequence[Sighting]) -> Outcome:
        """Hold a printer; the reason may be told to the server, so that it names no address."""
        why = f"it may be another machine: {reason}"
        device = self._also(device, elsewhere)
        before = doubt_of(self._store, device)
        if device.held_reason != why or before is None or before.place != sighting.place:
            self._store.note(self._now(), "held", f"{why} (at {sighting.target.host})", device.serial_number)
            _LOG.warning("%s is held, %s (at %s)", device.serial_number, why, sighting.target.host)
        since = device.held_since or self._now()
        changed = replace(device, held_since=since, held_reason=why, doubt=sighting.to_text())
        return Outcome("held", self._store.devices.save(changed))

    def _put(self, device: Device, sighting: Sighting) -> Device:
        """Let a printer be the machine that was seen, where that stands."""
        target, layout = sighting.target, sighting.layout
        return self._store.devices.save(
            replace(
                device,
                host=target.host,
                port=target.port,
                community=target.community,
                snmp_version=target.version,
                device_index=layout.device_index,
                vendor=layout.vendor or device.vendor,
                model=layout.model or device.model,
                hardware_addresses=sighting.hardware_addresses or device.hardware_addresses,
                sighted=sighting.sighted,
            )
        )

    def _freed(self, device: Device) -> Device:
        """Return a printer that is no longer held, unless its counters hold it, too."""
        last = self._store.readings.last(device.device_id)
        if last is not None and last.flag == "backwards":
            return replace(device, held_reason="counters went backwards")
        return replace(device, held_since=None, held_reason=None)

    def _also(self, device: Device, elsewhere: Sequence[Sighting]) -> Device:
        """Keep where else its serial number is shown, besides what was seen before at other places."""
        seen = {sighting.place for sighting in elsewhere} | {(device.host, device.port)}
        before = [target for target in also_at(self._store, device) if (target.host, target.port) not in seen]
        kept = put_also_at([*before, *(sighting.target for sighting in elsewhere)])
        return device if kept == device.also_at else self._store.devices.save(replace(device, also_at=kept))
