"""What is known of each polled printer between two polls, in memory.

Everything here is a cache of the store: a restart rebuilds it from the last
committed reading, so that nothing depends on the process having lived.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from esolutions_client.fleet.guard import remembered
from esolutions_client.snmp.errors import LayoutChangedError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.readings import PrinterReading
    from esolutions_client.store.readings import ReadingRow
    from esolutions_client.store.store import Store

__all__ = ["SnmpTimeouts", "Tracked", "carry", "decode_poll", "encode_poll", "read_layout", "read_poll", "track"]

_ENCODE = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_LAYOUTS_READ = 1_000
_NUMBERS = frozenset({int, type(None)})


@dataclass(slots=True)
class Tracked:
    """One polled printer: where it is, how to read it, what it showed last.

    `guarded` are the values that the next reading must not be below; `layout`
    is None until the printer was identified at this address; `clock_origin`
    says by which setting of the clock the reading was dated, None where it was
    taken before this process began; `body` is the reading as it is kept.
    """

    device: Device
    target: Target
    layout: Layout | None
    guarded: tuple[int | None, ...] = ()
    poll: SteadyPoll | None = None
    read_at: datetime | None = None
    clock_origin: int | None = None
    body: str = ""

    def encode(self, poll: SteadyPoll) -> str:
        """Return the numbers of a poll as the body of a reading row: the last one, where nothing has moved."""
        last = self.poll
        if (
            last is None
            or poll.meter_values != last.meter_values
            or poll.supply_levels != last.supply_levels
            or poll.supply_capacities != last.supply_capacities
        ):
            self.body = encode_poll(poll)
        return self.body

    def reading(self) -> PrinterReading | None:
        """Return the newest reading in full."""
        if self.layout is None or self.poll is None or self.read_at is None:
            return None
        return self.layout.reading(self.poll, self.read_at, self.device.low_percent)


@dataclass(frozen=True, slots=True)
class SnmpTimeouts:
    """How patient this client is with a printer that does not answer."""

    timeout_seconds: float = 2.0
    retries: int = 1

    def target(self, device: Device) -> Target:
        """Return how to reach a device."""
        return Target(
            device.host,
            device.port,
            version=device.snmp_version,
            community=device.community,
            timeout_seconds=self.timeout_seconds,
            retries=self.retries,
            device_index=device.device_index,
        )


def track(store: Store, device: Device, timeouts: SnmpTimeouts) -> Tracked:
    """Rebuild what is known of a device from the store."""
    layout = None if device.layout_id is None else _layout(store.devices.layout(device.layout_id))
    tracked = Tracked(device, timeouts.target(device), layout)
    last = store.readings.last(device.device_id)
    if layout is None or last is None:
        return tracked
    if last.layout_id == device.layout_id:
        tracked.poll = read_poll(store, last, layout)
        tracked.body = last.body
        tracked.read_at = last.read_at
    trusted = store.readings.last_trusted(device.device_id) if last.flag == "backwards" else last
    if trusted is not None:
        tracked.guarded = _guarded(store, device.serial_number, layout, trusted)
    return tracked


def _guarded(store: Store, serial_number: str, layout: Layout, trusted: ReadingRow) -> tuple[int | None, ...]:
    """Return what the next reading must not be below, from the newest one that is trusted."""
    before = _layout(store.devices.layout(trusted.layout_id))
    nothing = (None,) * len(layout.meters)
    shown = nothing if before is None else carry(before, read_poll(store, trusted, before).meter_values, layout)
    if None not in shown:
        return shown
    # What that reading did not show is compared with what was billed last.
    sent = store.readings.transmitted(serial_number)
    return remembered(tuple(sent[row.name].value if row.name in sent else None for row in layout.meters), shown)


def read_layout(store: Store, layout_id: int) -> Layout:
    """Return a layout of the store.

    Raises:
        StoreError: it is damaged.
    """
    layout = _layout(store.devices.layout(layout_id))
    with store.devices.decoding_layouts:
        if layout is None:
            raise ValueError("it is no layout")
        return layout


@lru_cache(maxsize=_LAYOUTS_READ)
def _layout(text: str) -> Layout | None:
    """Read a layout, once; one that cannot be read is as good as none: identify anew."""
    try:
        return Layout.from_json(text)
    except LayoutChangedError:
        return None


def carry(before: Layout, values: tuple[int | None, ...], after: Layout) -> tuple[int | None, ...]:
    """Return meter values in the order of another layout of the same printer, matched by name."""
    if not values:
        return ()
    by_name = {row.name: value for row, value in zip(before.meters, values, strict=True)}
    return tuple(by_name.get(row.name) for row in after.meters)


def encode_poll(poll: SteadyPoll) -> str:
    """Return the numbers of a poll as the body of a reading row."""
    _, _, meters, levels, capacities, _ = poll
    try:
        return _body(len(meters), len(levels), len(capacities)) % (*meters, *levels, *capacities)
    except TypeError:
        return _ENCODE((meters, levels, capacities))  # not every one is known


@cache
def _body(meters: int, levels: int, capacities: int) -> str:
    """Return the JSON of so many numbers with a gap for each: filled in twice as fast as written anew."""
    return "[" + ",".join("[" + ",".join(["%d"] * count) + "]" for count in (meters, levels, capacities)) + "]"


def decode_poll(body: str, uptime: int | None, layout: Layout) -> SteadyPoll:
    """Return the poll that `encode_poll` wrote.

    Raises:
        ValueError, TypeError: it wrote none with as many numbers as the layout has rows.
    """
    meters, levels, capacities = json.loads(body)
    poll = SteadyPoll(layout.serial_number, uptime, tuple(meters), tuple(levels), tuple(capacities))
    counts = len(poll.meter_values), len(poll.supply_levels), len(poll.supply_capacities)
    if counts != (len(layout.meters), len(layout.supplies), len(layout.supplies)):
        raise ValueError("the numbers do not fit the layout")
    if not _NUMBERS.issuperset(map(type, (*meters, *levels, *capacities))) or min(filter(None, meters), default=0) < 0:
        raise ValueError("not every number is one")
    return poll


def read_poll(store: Store, row: ReadingRow, layout: Layout) -> SteadyPoll:
    """Return the poll of a row of the store.

    Raises:
        StoreError: the row is damaged.
    """
    with store.readings.decoding:
        return decode_poll(row.body, row.uptime, layout)
