"""Write the rows of a printer as a .snmprec file, the recording format of snmpsim.

One line per row, ``OID|tag|value``, sorted as SNMP sorts; a text that holds
anything but plain printable ASCII is written in hexadecimal. What is encoded
wrongly has no line: the format knows values, not octets.
"""

from collections.abc import Iterable, Iterator

from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import NULL, Syntax, Value

__all__ = ["record_line", "record_lines"]

_FIRST_PRINTABLE = 0x20
_LAST_PRINTABLE = 0x7E


def record_lines(rows: Iterable[tuple[str, Syntax, Value]]) -> Iterator[str]:
    """Yield a line for each row, in the order given, without line ends."""
    return (record_line(oid, syntax, value) for oid, syntax, value in rows if not isinstance(value, Encoded))


def record_line(oid: str, syntax: Syntax, value: Value) -> str:
    """Return the line of one row."""
    if isinstance(value, bytes):
        if syntax is Syntax.OCTET_STRING and _is_plain(value):
            return f"{oid}|{syntax.value}|{value.decode('ascii')}"
        return f"{oid}|{syntax.value}x|{value.hex()}"
    if value is NULL:
        return f"{oid}|{Syntax.NULL.value}|"
    return f"{oid}|{syntax.value}|{value}"


def _is_plain(text: bytes) -> bool:
    """Tell whether ``text`` survives being a line: readers strip the ends and split nowhere else."""
    return text == text.strip() and all(_FIRST_PRINTABLE <= octet <= _LAST_PRINTABLE for octet in text)
