"""What a value of a response is: a number, octets, an OID, no row, or a row whose value is of no use, and why.

Each value stands alone: one that is encoded wrongly says so and spoils no other. Where octets could mean two numbers,
no number is told, for bills are made of these.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from esolutions_client.snmp.codec.ber import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, decode_oid, element
from esolutions_client.snmp.errors import UnusableReplyError
from esolutions_client.snmp.pdus import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_client.snmp.pdus import Value

__all__ = ["read_value"]

_NEGATIVE = 0x80


def read_value(octets: bytes, at: int, end: int) -> Value:
    """Return the value whose encoding is all that stands between `at` and `end`."""
    if end - at >= 2 and octets[at + 1] == end - at - 2 < _NEGATIVE:
        # The short form of a length that fits: nearly every value there is.
        tag, begin = octets[at], at + 2
    else:
        try:
            tag, begin, stop = element(octets, at, end)
        except UnusableReplyError:
            return Unreadable("a value whose length does not fit its place")
        if stop != end:
            return Unreadable("a value with something behind it")
    read = _READERS.get(tag)
    return Unreadable(f"a value of the unknown type 0x{tag:02X}") if read is None else read(octets[begin:end])


def _integer(content: bytes) -> Value:
    """RFC 2578, 7.1.1: 32 bits with a sign; padding within four octets is common and harmless."""
    if 1 <= len(content) <= 4:
        return int.from_bytes(content, "big", signed=True)
    return _of_size("an INTEGER", content, "1 to 4")


def _unsigned(name: str, width: int, *, is_wrapped_read: bool = False) -> Callable[[bytes], Value]:
    """Return what reads a number without a sign, which needs a zero octet in front where its highest bit is set.

    Agents forget that octet, and net-snmp reads the number all the same. But -1 and -2 look so, too, and a meter that
    really counted beyond 2^31 has not been seen: only of what is never billed it is read so.
    """
    largest = (1 << 8 * width) - 1

    def read(content: bytes) -> Value:
        size = len(content)
        if not 1 <= size <= width + 1:
            return _of_size(name, content, f"1 to {width + 1}")
        number = int.from_bytes(content, "big")
        if content[0] < _NEGATIVE or (is_wrapped_read and size == width):
            return number if number <= largest else Unreadable(f"{name} above 2^{8 * width}")
        if size == width:
            return Unreadable(f"{name} above 2^{8 * width - 1} in {width} octets, which may be a negative number")
        return Unreadable(f"a negative number as {name}")

    return read


def _oid(content: bytes) -> Value:
    try:
        return decode_oid(content)
    except UnusableReplyError as error:
        return Unreadable(str(error))


def _address(content: bytes) -> Value:
    return content if len(content) == 4 else _of_size("an IpAddress", content, "4")


def _octets(content: bytes) -> Value:
    return content


def _null(content: bytes) -> Value:
    return Unreadable("NULL where a value should be") if not content else _of_size("a NULL", content, "none")


def _no_row(content: bytes) -> Value:
    return None if not content else _of_size("the word for a missing row", content, "none")


def _obsolete(_: bytes) -> Value:
    return Unreadable("a value of the type 0x47, which SNMP gave up in 1996")


def _of_size(name: str, content: bytes, right: str) -> Unreadable:
    size = len(content)
    return Unreadable(f"{name} of {size} octet{'' if size == 1 else 's'} instead of {right}")


# RFC 2578 and RFC 3416. A Counter64 is read in version 1, too, which has none: its number is beyond doubt.
_READERS: Mapping[int, Callable[[bytes], Value]] = MappingProxyType(
    {
        INTEGER: _integer,
        OCTET_STRING: _octets,
        NULL: _null,
        OBJECT_IDENTIFIER: _oid,
        0x40: _address,
        0x41: _unsigned("a Counter32", 4),
        0x42: _unsigned("a Gauge32", 4),
        0x43: _unsigned("TimeTicks", 4, is_wrapped_read=True),
        0x44: _octets,  # Opaque
        0x46: _unsigned("a Counter64", 8),
        0x47: _obsolete,  # UInteger32 of RFC 1442
        0x80: _no_row,  # noSuchObject
        0x81: _no_row,  # noSuchInstance
        0x82: _no_row,  # endOfMibView
    }
)
