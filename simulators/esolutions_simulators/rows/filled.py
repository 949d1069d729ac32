"""Fill in a prepared GET for one printer: what is its own once, the numbers when they move, the rest each time."""

from collections.abc import Sequence

from esolutions_simulators.life.history import Segment
from esolutions_simulators.mib.row import Value
from esolutions_simulators.printers.printer import shown
from esolutions_simulators.printers.usage import Counts
from esolutions_simulators.rows.table import PreparedGet
from esolutions_simulators.rows.value import own_value, uptime_of, value_of

__all__ = ["FilledGet"]


class FilledGet:
    """The GET that a printer was asked last, with the values it has in a segment of its life.

    Args:
        asked: the names, to be compared as an object: a poll repeats the same tuple.
        get: the GET prepared of them.
        segment: while nothing but usage changes.
    """

    __slots__ = ("_get", "_segment", "_values", "_worn", "asked")

    def __init__(self, asked: Sequence[str], get: PreparedGet, segment: Segment) -> None:
        self.asked = asked
        self._get, self._segment = get, segment
        self._values = get.values.copy()
        self._worn: Counts | None = None
        for position, source in get.own:
            self._values[position] = own_value(source, segment)

    def values_at(self, at_epoch: float) -> list[Value]:
        """Return the values at a time of the segment."""
        get, segment = self._get, self._segment
        worn = segment.worn_at(at_epoch)
        if worn is not self._worn:
            # Nights and Sundays are most of the time: the numbers are those of the last reply.
            self._count(worn)
        values = self._values.copy()
        for position in get.uptimes:
            values[position] = uptime_of(segment, at_epoch)
        for position, row in get.others:
            values[position] = value_of(row, segment, at_epoch)
        return values

    def _count(self, worn: Counts) -> None:
        """Put in the numbers that the printer shows once ``worn`` has been printed."""
        get, segment, values = self._get, self._segment, self._values
        counts = segment.shown_from(worn)
        for position, count in get.meters:
            values[position] = counts[count]
        for position, count, rollover in get.rolling:
            number = counts[count]
            values[position] = number if number <= rollover else shown(number, rollover)
        gauges = segment.machine.gauges
        for position, supply in get.levels:
            drain, phase, span, full, capacity, impressions = gauges[supply]
            values[position] = (full - (phase + worn[drain]) % span) * capacity // impressions
        self._worn = worn
