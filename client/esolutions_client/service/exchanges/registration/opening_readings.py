"""Read printers that are to be registered: a bill starts from the reading that its registration carries.

Each is identified anew, so that no registration rests on an old reading. Nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esolutions_client.service.exchanges.reasons import why_held
from esolutions_client.service.printers.addresses.relocation import Relocation
from esolutions_client.service.printers.printer_state import encode_poll
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.rows.identify import identify_and_poll
from esolutions_client.wire.messages import Meter, NewDevice, number_that_fits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.pdus import Conversation
    from esolutions_client.snmp.ports import SnmpPort, Target
    from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
    from esolutions_client.store.store import Store

__all__ = ["Opening", "OpeningReadings", "meters_of"]


@dataclass(frozen=True, slots=True)
class Opening:
    """The first reading of a printer that is to be registered, and how it was read."""

    device: Device
    layout: Layout
    poll: SteadyPoll
    read_at: datetime


class OpeningReadings:
    """Takes and keeps opening readings."""

    def __init__(
        self, store: Store, snmp: SnmpPort, identity: Identity, *, now: Callable[[], datetime], timeouts: SnmpTimeouts
    ) -> None:
        self._store = store
        self._snmp = snmp
        self._identity = identity
        self._now = now
        self._timeouts = timeouts
        self._relocation = Relocation(store, snmp, now=now, timeouts=timeouts)

    def take(self, devices: Sequence[Device]) -> tuple[list[Opening], dict[str, str]]:
        """Read printers; return their openings, and why the others have none by serial number.

        Raises:
            TurnedOffError: communication is turned off, or was meanwhile.
            StoreFullError: there is no room for the readings.
        """
        self._identity.require_enabled()
        self._store.require_room()
        opened: dict[int, Opening] = {}
        unreachable = {d.serial_number: f"held: {why_held(d)}" for d in devices if d.doubt is not None}
        devices = [device for device in devices if device.doubt is None]
        for batch in self._snmp.converse([self._task(device) for device in devices]):
            read_at = self._now()
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
                    opened[index] = Opening(device, *result, read_at)
        unreachable |= self._relocation.shown_elsewhere([opening.device for opening in opened.values()])
        chosen = [opened[index] for index in sorted(opened)]
        return [opening for opening in chosen if opening.device.serial_number not in unreachable], unreachable

    def _task(self, device: Device) -> tuple[Target, Conversation[tuple[Layout, SteadyPoll]]]:
        target = self._timeouts.target(device)
        return target, identify_and_poll(target, device.serial_number, self._now)

    def keep(self, openings: Sequence[Opening]) -> tuple[NewDevice, ...]:
        """Keep openings as the first readings of their printers, in the caller's transaction; return what to send."""
        devices: list[NewDevice] = []
        rows: list[tuple[int, int, int, int | None, str | None, str]] = []
        for opening in openings:
            known = self._identified(opening)
            seconds = int(opening.read_at.timestamp())
            uptime = opening.poll.uptime
            rows.append((known.device_id, seconds, known.layout_id or 0, uptime, None, encode_poll(opening.poll)))
            meters = meters_of(opening.layout, opening.poll)
            devices.append(NewDevice(opening.device.serial_number, opening.read_at, meters))
        self._store.readings.add(self._store.readings.begin_round(), rows)
        return tuple(devices)

    def _identified(self, opening: Opening) -> Device:
        """Keep what a printer showed of itself, and how to read it."""
        device, layout = opening.device, opening.layout
        known = replace(
            device,
            vendor=layout.vendor,
            model=layout.model,
            reregister_since=None,
            device_index=layout.device_index,
            hardware_addresses=" ".join(layout.hardware_addresses) or device.hardware_addresses,
        )
        return self._store.devices.save_layout(self._store.devices.save(known), layout.to_json())


def meters_of(layout: Layout, poll: SteadyPoll) -> tuple[Meter, ...]:
    """Return the meters of a poll as the wire carries them; one that cannot be read now is a name without a value."""
    shown = zip(layout.meters, poll.meter_values, strict=True)
    return tuple(Meter(row.name, number_that_fits(value)) for row, value in shown)
