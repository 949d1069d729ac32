"""What was seen of a machine that shows a serial number: where, what it is, what it counted.

Sightings are compared with what is known of a printer, and kept at the site.
They are no readings: nothing is billed from them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.device import Device
from esolutions_client.fleet.sameness import Count, Evidence
from esolutions_client.service.printers.printer_state import decode_poll, encode_poll
from esolutions_client.snmp.errors import LayoutChangedError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
from esolutions_client.store.database.connection import read_datetime, read_number, read_text
from esolutions_client.store.devices import read_version

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.service.printers.printer_state import Tracked
    from esolutions_client.store.store import Store

__all__ = ["Place", "Sighting", "also_at", "discovered", "doubt_of", "in_words", "known_of", "put_also_at"]

# A host and its SNMP port.
Place = tuple[str, int]
# As far as SQLite counts.
_LARGEST = 2**63 - 1
_PAGES = frozenset({"impressions", "sheets", "images"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A machine that shows a serial number: how it was reached, where its numbers are, what they were and when."""

    target: Target
    layout: Layout
    poll: SteadyPoll
    seen_at: datetime

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.target.host, self.target.port

    @property
    def hardware_addresses(self) -> str | None:
        """Its hardware addresses as a device keeps them."""
        return " ".join(self.layout.hardware_addresses) or None

    @property
    def meters(self) -> dict[str, int]:
        """What its meters showed, by name."""
        shown = zip(self.layout.meters, self.poll.meter_values, strict=True)
        return {row.name: value for row, value in shown if value is not None}

    @property
    def evidence(self) -> Evidence:
        """What tells it from other machines."""
        shown = zip(self.layout.meters, self.poll.meter_values, strict=True)
        counts = {
            row.name: Count(value, row.rollover_at, row.unit in _PAGES) for row, value in shown if value is not None
        }
        return Evidence(self.layout.model, frozenset(self.layout.hardware_addresses), counts, self.seen_at)

    @property
    def sighted(self) -> str:
        """What its meters showed, as a device that was only found keeps it."""
        return json.dumps({"seen_at": self.seen_at.isoformat(), "meters": self.meters})

    def to_text(self) -> str:
        """Return its address and all of it as JSON, for `doubt_of`."""
        target = self.target
        text = json.dumps(
            {
                "place": [target.host, target.port, target.version, target.community],
                "seen_at": self.seen_at.isoformat(),
                "layout": self.layout.to_json(),
                "uptime": self.poll.uptime,
                "body": encode_poll(self.poll),
            }
        )
        return f"{in_words(self.place)} {text}"


def in_words(place: Place) -> str:
    """Return a place as people write it."""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def doubt_of(store: Store, device: Device) -> Sighting | None:
    """Return the machine that may be this printer or another; None where there is no doubt, or it must be seen anew."""
    if device.doubt is None:
        return None
    with store.devices.decoding:
        kept = json.loads(device.doubt.partition(" ")[2])
        seen_at = read_datetime(kept["seen_at"])
        target = _target(kept["place"])
        try:
            layout = Layout.from_json(kept["layout"])
        except LayoutChangedError:
            return None  # another version of this program saw it
        uptime = None if kept["uptime"] is None else read_number(kept["uptime"], 0, _LARGEST)
        return Sighting(target, layout, decode_poll(kept["body"], uptime, layout), seen_at)


def known_of(store: Store, tracked: Tracked) -> Evidence:
    """Return what is known of a printer: the meters that are guarded, or those that were seen before it was read."""
    device = tracked.device
    addresses = frozenset((device.hardware_addresses or "").split())
    if tracked.layout is not None and tracked.guarded:
        guarded = zip(tracked.layout.meters, tracked.guarded, strict=True)
        counts = {row.name: Count(value) for row, value in guarded if value is not None}
        # Of a printer that is held the newest reading is not the one that is guarded.
        seen_at = None if device.held_since is not None else tracked.read_at
        return Evidence(device.model, addresses, counts, seen_at)
    if device.sighted is None:
        return Evidence(device.model, addresses)
    with store.devices.decoding:
        kept = json.loads(device.sighted)
        counts = {name: Count(read_number(value, 0, _LARGEST)) for name, value in kept["meters"].items()}
        return Evidence(device.model, addresses, counts, read_datetime(kept["seen_at"]))


def also_at(store: Store, device: Device) -> list[Target]:
    """Return where else the serial number of a printer is shown."""
    with store.devices.decoding:
        return [_target(place) for place in json.loads(device.also_at or "[]")]


def put_also_at(targets: list[Target]) -> str | None:
    """Return places as `also_at` reads them."""
    places = [[target.host, target.port, target.version, target.community] for target in targets]
    return json.dumps(places) if places else None


def _target(place: list[Any]) -> Target:
    host, port, version, community = place
    return Target(read_text(host), read_number(port, 1, 65535), read_version(version), read_text(community))


def discovered(serial: str, sighting: Sighting, discovered_at: datetime) -> Device:
    """Return a new printer, as it was seen; a person decides whether to register it."""
    target, layout = sighting.target, sighting.layout
    return Device(
        serial_number=serial,
        host=target.host,
        port=target.port,
        community=target.community,
        snmp_version=target.version,
        vendor=layout.vendor,
        model=layout.model,
        device_index=layout.device_index,
        discovered_at=discovered_at,
        hardware_addresses=sighting.hardware_addresses,
        sighted=sighting.sighted,
    )
