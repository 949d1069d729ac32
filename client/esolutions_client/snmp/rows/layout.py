"""Remember where a printer keeps its numbers, so that a steady poll is one or two GETs.

A layout is made once by `identify` and kept as JSON. It holds row indexes and facts that do not change, never numbers;
when the printer contradicts it, `LayoutChangedError` says to identify again. It opens no socket.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from esolutions_client.readings import MeterReading, PrinterReading, SupplyReading
from esolutions_client.readings.supplies import LOW_PERCENT, judge_supply
from esolutions_client.readings.text import clean_text
from esolutions_client.snmp.errors import AgentError, LayoutChangedError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get, Value
from esolutions_client.snmp.queries import get, get_following
from esolutions_client.snmp.rows import mib
from esolutions_client.snmp.rows.tables.meters import MeterRow
from esolutions_client.snmp.rows.tables.supplies import SupplyRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["OIDS_AT_ONCE", "Layout", "SteadyPoll", "counters", "steady"]

_FORMAT = 1
# 40 counters with their OIDs fill 1,115 of the 1,472 bytes that cross an Ethernet in one piece. An agent that cannot
# answer as many at once says so when it is identified, and is asked for fewer from then on.
OIDS_AT_ONCE = 40
_ONLY_NUMBERS = {int}
# A Counter64 goes to 2^64 - 1, an INTEGER of SQLite to half of that.
_LARGEST = 2**63 - 1


class SteadyPoll(NamedTuple):
    """What one poll of a known printer brought, in the order of its layout's rows.

    Meter values are None where the printer gave no usable number. Levels and capacities are as the printer gave them,
    RFC 3805's sentinels -1, -2 and -3 included, and None where the printer has no such row. `numbers` are all of these
    as they came, to tell at a glance that nothing was printed since.
    """

    serial: str | None
    uptime: int | None
    meter_values: tuple[int | None, ...]
    supply_levels: tuple[int | None, ...]
    supply_capacities: tuple[int | None, ...]
    numbers: Sequence[Value] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the numbers of one printer are.

    `serial_octets` is the serial number as it crosses the wire. `is_walked` marks an agent that answers walks but not
    GETs. `oids_at_once` is how many variables fit an answer of this agent. `hardware_addresses` are those of its
    interfaces when it was identified; no poll asks for them. `device_index` is the hrDeviceIndex of one of several
    printers behind the agent, None where it is the only one.
    """

    serial_number: str | None
    serial_oid: str | None
    serial_octets: bytes
    has_uptime: bool
    vendor: str | None
    model: str | None
    meters: tuple[MeterRow, ...]
    supplies: tuple[SupplyRow, ...]
    is_walked: bool = False
    oids_at_once: int = OIDS_AT_ONCE
    hardware_addresses: tuple[str, ...] = ()
    device_index: int | None = None
    oids: tuple[str, ...] = field(init=False, repr=False, compare=False)
    requests: tuple[Get, ...] = field(init=False, repr=False, compare=False)
    first_meter: int = field(init=False, repr=False, compare=False)
    rollovers: tuple[int | None, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        facts = ([self.serial_oid] if self.serial_oid else []) + ([mib.SYS_UPTIME] if self.has_uptime else [])
        meters = [row.oid for row in self.meters]
        levels = [row.level_oid for row in self.supplies if row.level_oid]
        capacities = [row.capacity_oid for row in self.supplies if row.capacity_oid]
        oids = tuple(facts + meters + levels + capacities)
        # Frozen for everyone else: these four follow from the fields above.
        object.__setattr__(self, "oids", oids)
        object.__setattr__(self, "requests", tuple(map(Get, _even_parts(oids, self.oids_at_once))))
        object.__setattr__(self, "first_meter", len(facts))
        object.__setattr__(self, "rollovers", tuple(row.rollover_at for row in self.meters))

    def poll(self, values: Sequence[Value], last: SteadyPoll | None = None) -> SteadyPoll:
        """Return the values of `oids` as a poll.

        Args:
            values: what was answered.
            last: the poll before by this layout, if there was one.

        Raises:
            LayoutChangedError: another serial number, a row that was there at the last poll and is gone, or an uptime
                below the last one. The uptime starts again every 497 days, too: one identification too many is cheaper
                than a wrong reading.
            UnusableReplyError: another number of values than was asked for.
        """
        if len(values) != len(self.oids):
            raise UnusableReplyError(f"asked for {len(self.oids)} values, got {len(values)}")
        if self.serial_oid and values[0] != self.serial_octets and clean_text(values[0]) != self.serial_number:
            raise LayoutChangedError("another serial number answers")
        uptime = values[self.first_meter - 1] if self.has_uptime else None
        if last is not None and last.uptime is not None and (type(uptime) is not int or uptime < last.uptime):
            raise LayoutChangedError("the agent started again")
        known_uptime = uptime if type(uptime) is int else None
        shown = values[self.first_meter :]
        if last is not None and shown == last.numbers:
            # Most of the time nothing is printed.
            return SteadyPoll(self.serial_number, known_uptime, *last[2:])
        numbers = _numbers(shown, last)
        count = len(self.rollovers)
        levels, capacities = self._supply_numbers(numbers[count:])
        return SteadyPoll(self.serial_number, known_uptime, counters(numbers[:count]), levels, capacities, shown)

    def _supply_numbers(self, numbers: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Return levels and capacities in the order of the supplies, None where the printer has no such row."""
        count = len(self.supplies)
        if len(numbers) == 2 * count:
            return numbers[:count], numbers[count:]
        rest = iter(numbers)
        levels = tuple(next(rest) if row.level_oid else None for row in self.supplies)
        return levels, tuple(next(rest) if row.capacity_oid else None for row in self.supplies)

    def reading(self, poll: SteadyPoll, read_at: datetime, low_percent: int = LOW_PERCENT) -> PrinterReading:
        """Return a poll in full, with the names and units that this layout remembers."""
        return PrinterReading(
            serial_number=poll.serial,
            vendor=self.vendor,
            model=self.model,
            read_at=read_at,
            meters=tuple(
                MeterReading(row.name, value, row.unit, row.oid, row.source, row.rollover_at)
                for row, value in zip(self.meters, poll.meter_values, strict=True)
            ),
            supplies=tuple(
                _supply(row, level, capacity, low_percent)
                for row, level, capacity in zip(self.supplies, poll.supply_levels, poll.supply_capacities, strict=True)
            ),
        )

    def to_json(self) -> str:
        """Return the layout as one line of JSON, for `from_json`."""
        facts = {name: getattr(self, name) for name in _STORED}
        facts["serial_octets"] = self.serial_octets.hex()
        facts["meters"] = [asdict(row) for row in self.meters]
        facts["supplies"] = [asdict(row) for row in self.supplies]
        return json.dumps({"format": _FORMAT, **facts}, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """Return the layout that `to_json` wrote.

        Raises:
            LayoutChangedError: it was written in another format or is damaged; identify the printer again.
        """
        try:
            facts: dict[str, Any] = json.loads(text)
            if facts.pop("format") != _FORMAT:
                raise LayoutChangedError("the stored layout has another format")
            facts["serial_octets"] = bytes.fromhex(facts["serial_octets"])
            facts["meters"] = tuple(MeterRow(**row) for row in facts["meters"])
            facts["supplies"] = tuple(_supply_row(row) for row in facts["supplies"])
            facts["hardware_addresses"] = tuple(map(str, facts.get("hardware_addresses", ())))
            return cls(**facts)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise LayoutChangedError("the stored layout is damaged") from error


_STORED = tuple(fact.name for fact in fields(Layout) if fact.init)


def steady(layout: Layout, last: SteadyPoll | None = None) -> Conversation[SteadyPoll]:
    """Ask a known printer for its numbers, in as few requests as fit; `last` is the poll before.

    Raises:
        LayoutChangedError: the layout no longer describes the printer; see `Layout.poll`.
    """
    if layout.is_walked:
        values = yield from get_following(layout.oids)
        return layout.poll(values, last)
    shown: list[Value] = []
    for request in layout.requests:
        try:
            shown += yield request  # type: ignore[arg-type]  # a Get is answered with values
        except (TooBigError, AgentError):
            shown += yield from get(request.oids)
    return layout.poll(shown, last)


def _even_parts(oids: tuple[str, ...], most: int) -> list[tuple[str, ...]]:
    """Return the OIDs in as few parts of about the same length as `most` allows."""
    count = -(-len(oids) // most)
    bounds = [len(oids) * part // count for part in range(count + 1)] if count else [0]
    return [oids[begin:end] for begin, end in pairwise(bounds)]


def counters(numbers: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """Return numbers that count: never negative, and none that no store and no message has room for."""
    if None not in numbers and min(numbers, default=0) >= 0 and max(numbers, default=0) <= _LARGEST:  # type: ignore[type-var, operator]  # no None among them
        return numbers
    return tuple(number if number is not None and 0 <= number <= _LARGEST else None for number in numbers)


def _numbers(values: Sequence[Value], last: SteadyPoll | None) -> tuple[int | None, ...]:
    """Return the values that are numbers, None for those that are none: of another type, NULL, not encoded as agreed.

    Raises:
        LayoutChangedError: a row is gone that was there at the last poll.
    """
    if _ONLY_NUMBERS.issuperset(map(type, values)):
        return tuple(values)  # type: ignore[arg-type]  # that is what was asked
    before = last.numbers if last is not None and len(last.numbers) == len(values) else (0,) * len(values)
    if any(value is None and old is not None for value, old in zip(values, before, strict=True)):
        raise LayoutChangedError("a row of the printer is gone")
    return tuple(value if type(value) is int else None for value in values)


def _supply_row(facts: dict[str, Any]) -> SupplyRow:
    """Return a stored row; before there were classes, the type of a supply says what it is."""
    return SupplyRow(**{"supply_class": mib.supply_class(None, facts["type"]), **facts})


def _supply(row: SupplyRow, level: int | None, capacity: int | None, low_percent: int) -> SupplyReading:
    judged = judge_supply(level, capacity, row.unit, low_percent, row.supply_class)
    known_capacity, known_level, percent, state = judged
    return SupplyReading(
        index=row.index,
        name=row.name,
        type=row.type,
        colorant=row.colorant,
        unit=row.unit,
        capacity=known_capacity,
        level=known_level,
        percent=percent,
        state=state,
        supply_class=row.supply_class,
    )
