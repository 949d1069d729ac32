"""Keep the rows of one machine in walking order, and prepare the GETs it is asked.

A prepared GET holds the values that are fixed and says where to fill in
the rest, so that a poll costs only the numbers that move.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from esolutions_simulators.life.history import Segment
from esolutions_simulators.mib.oids import PRT_SUPPLIES, XCM_DETAIL
from esolutions_simulators.mib.row import Fixed, Level, Meter, Row, State, Value, oid_key
from esolutions_simulators.mib.site import Identity, Site
from esolutions_simulators.mib.table import rows_of
from esolutions_simulators.usage import Counts

__all__ = ["PreparedGet", "Table"]

_MOST_PREPARED = 1_000
# Where quirky agents refuse a GET or walk in circles.
_GET_REFUSED = {"no-get-xcmi": f"{XCM_DETAIL}.", "no-get-xcmi-names": f"{XCM_DETAIL}.8."}
_ENDLESS = f"{PRT_SUPPLIES}.6."


@dataclass(slots=True)
class PreparedGet:
    """A GET of some variables, prepared: the values that are fixed in their places, and what to fill in where.

    The numbers in place are those of ``segment`` once ``worn`` was printed; None before there are any.
    """

    values: list[Value]
    meters: list[tuple[int, int]] = field(default_factory=list)
    rolling: list[tuple[int, int, int]] = field(default_factory=list)
    levels: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)
    uptimes: list[int] = field(default_factory=list)
    others: list[tuple[int, Row]] = field(default_factory=list)
    worn: Counts | None = None
    segment: Segment | None = None


class Table:
    """The rows of one machine at one address, and the GETs prepared of them."""

    def __init__(self, segment: Segment) -> None:
        machine = segment.machine
        model = machine.model
        self.rows = rows_of(model, Identity(segment.shown_serial, segment.address, Site.invented(machine.seed)))
        self.keys = [oid_key(row.oid) for row in self.rows]
        self.by_oid = {row.oid: row for row in self.rows}
        self._kept: dict[tuple[str, ...], PreparedGet] = {}
        self._asked: Sequence[str] | None = None
        self._last = PreparedGet([])
        self.max_varbinds = model.max_varbinds or inf
        self.version = "1" if "v1-only" in model.quirks else None
        self._refused = tuple(prefix for quirk, prefix in _GET_REFUSED.items() if quirk in model.quirks)
        self._gauges = machine.gauges
        self._loop = self._looping(endless="endless-walk" in model.quirks)

    def _looping(self, *, endless: bool) -> tuple[int, int] | None:
        """Return the place after which an endless walk goes back, and where to."""
        places = [place for place, row in enumerate(self.rows) if row.oid.startswith(_ENDLESS)]
        return (places[-1], places[0]) if endless and places else None

    def gettable(self, oid: str) -> Row | None:
        """Return the row that a GET of ``oid`` finds."""
        return None if oid.startswith(self._refused) else self.by_oid.get(oid)

    def place_after(self, oid: str) -> int:
        """Return the place of the row that follows ``oid``."""
        place = bisect_right(self.keys, oid_key(oid))
        # A request for what follows the last description is sent back, none for the columns behind it.
        if self._loop and place == self._loop[0] + 1 and oid.startswith(_ENDLESS):
            return self._loop[1]
        return place

    def prepared(self, oids: Sequence[str]) -> PreparedGet:
        """Return the GET of these variables, prepared now if need be."""
        if oids is not self._asked:
            asked = tuple(oids)
            self._last = self._kept.get(asked) or self._prepare(asked)
            # A reading repeated every two hours asks with the same tuple; a list may have others in it next time.
            self._asked = oids if oids is asked else None
        return self._last

    def _prepare(self, oids: tuple[str, ...]) -> PreparedGet:
        if len(self._kept) >= _MOST_PREPARED:
            self._kept.clear()
        get = PreparedGet([None] * len(oids))
        for position, oid in enumerate(oids):
            row = self.gettable(oid)
            if row is not None:
                self._add(get, position, row)
        self._kept[oids] = get
        return get

    def _add(self, get: PreparedGet, position: int, row: Row) -> None:
        source = row.source
        if isinstance(source, Fixed):
            get.values[position] = source.value
        elif isinstance(source, Meter) and source.rollover is None:
            get.meters.append((position, source.count))
        elif isinstance(source, Meter) and source.rollover is not None:
            get.rolling.append((position, source.count, source.rollover))
        elif isinstance(source, Level):
            gauge = self._gauges[source.supply]
            parts = (gauge.count, gauge.phase, gauge.span, gauge.full, gauge.capacity, gauge.impressions)
            get.levels.append((position, *parts))
        elif source is State.UPTIME:
            get.uptimes.append(position)
        else:
            get.others.append((position, row))
