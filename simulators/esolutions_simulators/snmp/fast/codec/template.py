"""Encode what stays the same in the responses to a GET once for all printers of a model, and the rest each time."""

from collections.abc import Callable, Sequence

from esolutions_simulators.mib.row import Fixed, Level, Meter, Row, State, Value
from esolutions_simulators.rows.table import PreparedGet
from esolutions_simulators.snmp.fast.codec.ber import SEQUENCE, as_oid, tlv
from esolutions_simulators.snmp.fast.codec.message import value_octets, variable

__all__ = ["Template"]

# A number of 32 bits takes five octets where its highest bit is set and no sign is meant.
_MOST_NUMBER_OCTETS = 5


class Template:
    """The variables of the responses to a GET of these names, to be filled in with the values of one printer.

    Args:
        names: those asked for.
        get: the GET prepared of them.
        missing: what stands for the value of one that is not there.
    """

    def __init__(self, names: Sequence[str], get: PreparedGet, missing: Callable[[str], bytes]) -> None:
        self.names = names
        self._missing = missing
        self._octets = [b""] * len(names)
        # Where a number stands, and what comes before it when it takes so many octets.
        self._numbers: list[tuple[int, tuple[bytes, ...], str, Row]] = []
        self._others: list[tuple[int, str, Row]] = []
        for place, (name, row) in enumerate(zip(names, get.rows, strict=True)):
            if row is None:
                self._octets[place] = variable(name, missing(name))
            elif isinstance(row.source, Fixed):
                self._octets[place] = variable(name, value_octets(row.source.value, row.syntax))
            elif isinstance(row.source, Meter | Level) or row.source is State.UPTIME:
                self._numbers.append((place, _before_numbers(name, row), name, row))
            else:
                self._others.append((place, name, row))

    def filled(self, values: Sequence[Value]) -> bytes:
        """Return the variables with the values that an agent gives for the names, one after another."""
        octets = self._octets.copy()
        for place, before, name, row in self._numbers:
            number: int = values[place]  # type: ignore[assignment]  # meters, levels and ticks are numbers
            if number >= 0:
                size = (number.bit_length() >> 3) + 1
                octets[place] = before[size] + number.to_bytes(size, "big")
            else:
                octets[place] = variable(name, value_octets(number, row.syntax))
        for place, name, row in self._others:
            value = values[place]
            octets[place] = variable(name, self._missing(name) if value is None else value_octets(value, row.syntax))
        return b"".join(octets)


def _before_numbers(name: str, row: Row) -> tuple[bytes, ...]:
    """Return what stands before a number of 0, 1 and more octets: tags and lengths, and the name."""
    oid = as_oid(name)
    return tuple(
        tlv(SEQUENCE, oid + bytes((row.syntax, size)) + bytes(size))[: -size or None]
        for size in range(_MOST_NUMBER_OCTETS + 1)
    )
