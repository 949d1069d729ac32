"""Meet a printer for the first time: find its rows, read it, and remember the way.

The conversation ends by polling the printer through the layout it has just made, so that the first reading and every
later one are made the same way; where the agent will not answer that, the numbers of the walks stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from esolutions_client.readings.serials import canonical_serial
from esolutions_client.readings.supplies import LOW_PERCENT
from esolutions_client.snmp.errors import AgentError, LayoutChangedError, TooBigError, UnusableReplyError
from esolutions_client.snmp.queries import get_following
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll, counters
from esolutions_client.snmp.rows.tables.description import describe
from esolutions_client.snmp.rows.tables.interfaces import find_hardware_addresses
from esolutions_client.snmp.rows.tables.localization import find_localization
from esolutions_client.snmp.rows.tables.meters import MeterRow, find_meters
from esolutions_client.snmp.rows.tables.printers import choose_printer, find_printers
from esolutions_client.snmp.rows.tables.supplies import SupplyRow, find_supplies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from esolutions_client.readings import PrinterReading
    from esolutions_client.snmp.pdus import Conversation, Value
    from esolutions_client.snmp.ports import Target
    from esolutions_client.snmp.rows.tables.printers import PrinterRows

__all__ = ["Identified", "identify", "identify_and_poll"]


@dataclass(frozen=True, slots=True)
class Identified:
    """A printer as it was met: where its numbers are, what they were, and the same as a poll.

    `others` are the other printers behind the same agent, hrDeviceIndex to serial number.
    """

    layout: Layout
    reading: PrinterReading
    poll: SteadyPoll
    others: Mapping[int, str | None] = field(default_factory=dict)


def identify(
    *,
    now: Callable[[], datetime],
    version: str = "2c",
    low_percent: int = LOW_PERCENT,
    serial_number: str | None = None,
    device_index: int | None = None,
) -> Conversation[Identified]:
    """Find the serial number, meters and supplies of whatever answers, and read them.

    Args:
        now: the time of the reading is taken just before its numbers are asked for.
        version: the SNMP version in use; "1" has no GETBULK.
        low_percent: a supply at or below this is low.
        serial_number: which of several printers behind the agent, and how its number is spelled; the one at
            `device_index` where none has it.
        device_index: its hrDeviceIndex; the first where there is none.

    Raises:
        UnusableReplyError: an answer is none: not even the shape of a list of values.
    """
    printers = yield from find_printers(version)
    rows = choose_printer(printers, serial_number, device_index)
    serial = rows.serial
    localization = yield from find_localization(version)
    description = yield from describe(rows, version, localization, is_first=rows is printers[0])
    hardware_addresses = yield from find_hardware_addresses(version)
    walked_at = now()
    meters = yield from find_meters(rows, version, localization)
    supplies = yield from find_supplies(rows, version, localization)
    layout = Layout(
        serial_number=_spelled(serial.number, serial_number) if serial else None,
        serial_oid=serial.oid if serial else None,
        serial_octets=serial.octets if serial else b"",
        has_uptime=description.uptime is not None,
        vendor=description.vendor,
        model=description.model,
        hardware_addresses=hardware_addresses,
        meters=tuple(meters),
        supplies=tuple(supplies),
        device_index=None if rows.device_index is None else int(rows.device_index),
    )
    proven = yield from _prove(layout, now)
    if proven is None:
        poll = _walked(layout, meters, supplies, description.uptime)
        proven = layout, poll, walked_at
    layout, poll, read_at = proven
    reading = layout.reading(poll, read_at, low_percent)
    reading = replace(reading, status=description.status, conditions=description.conditions)
    return Identified(layout, reading, poll, _others(printers, rows))


def _spelled(shown: str, known: str | None) -> str:
    """Return the number that a printer shows, as it is known where that is the same number."""
    if known is None or canonical_serial(shown) != canonical_serial(known):
        return shown
    return known


def _others(printers: Sequence[PrinterRows], rows: PrinterRows) -> dict[int, str | None]:
    return {
        int(other.device_index): other.serial.number if other.serial else None
        for other in printers
        if other is not rows and other.device_index is not None
    }


def identify_and_poll(
    target: Target, serial_number: str, now: Callable[[], datetime]
) -> Conversation[tuple[Layout, SteadyPoll]]:
    """Find out what a printer is; the reading that proved its layout is the first one.

    Where several answer at its address it is the one with this serial number, if any has it.
    """
    found = yield from identify(
        now=now, version=target.version, serial_number=serial_number, device_index=target.device_index
    )
    return found.layout, found.poll


def _prove(layout: Layout, now: Callable[[], datetime]) -> Conversation[tuple[Layout, SteadyPoll, datetime] | None]:
    """Poll by the layout, by smaller requests, and by walking to each row; return the first way that works."""
    for candidate in _ways(layout):
        read_at = now()
        try:
            values = yield from _ask_as_it_says(candidate)
            return candidate, candidate.poll(values), read_at
        except (TooBigError, AgentError, LayoutChangedError, UnusableReplyError):
            continue
    return None


def _ways(layout: Layout) -> Iterator[Layout]:
    at_once = layout.oids_at_once
    while at_once:
        yield replace(layout, oids_at_once=at_once)
        at_once = min(at_once, len(layout.oids)) // 2
    yield replace(layout, is_walked=True)


def _ask_as_it_says(layout: Layout) -> Conversation[list[Value]]:
    """Ask as `steady` will, without its remedies: a layout that needs one each time is not the best."""
    if layout.is_walked:
        return (yield from get_following(layout.oids))
    values: list[Value] = []
    for request in layout.requests:
        values += cast("list[Value]", (yield request))
    return values


def _walked(
    layout: Layout,
    meters: dict[MeterRow, int | None],
    supplies: dict[SupplyRow, tuple[int | None, int | None]],
    uptime: int | None,
) -> SteadyPoll:
    return SteadyPoll(
        serial=layout.serial_number,
        uptime=uptime,
        meter_values=counters(tuple(meters.values())),
        supply_levels=tuple(level for level, _ in supplies.values()),
        supply_capacities=tuple(capacity for _, capacity in supplies.values()),
    )
