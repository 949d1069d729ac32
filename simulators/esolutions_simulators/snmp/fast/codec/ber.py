"""Read and write BER as SNMP uses it (X.690; RFC 3417, section 8): definite lengths, and tags of one octet.

Reading is strict and bounded by what was received; what cannot be read is a
BerError and nothing else. No PDU is known here.
"""

from functools import lru_cache

__all__ = [
    "BerError",
    "as_integer",
    "as_oid",
    "element",
    "inside",
    "integer",
    "oid_text",
    "tlv",
]

INTEGER, OCTET_STRING, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x06, 0x30
_LONG = 0x80
# As many as snmpd reads: RFC 3417, section 8, lets a length be longer than it must.
_MOST_LENGTH_OCTETS = 8
# What agents take for a number, however many of its octets say nothing.
_MOST_INTEGER_OCTETS = 8
# RFC 2578, section 3.5: no more than 128 numbers, none above 2^32 - 1.
_MOST_NUMBERS, _LARGEST_NUMBER = 128, 2**32 - 1
_SECOND_ROOT, _THIRD_ROOT = 40, 80


class BerError(ValueError):
    """Octets that are no BER, or not the element that is expected."""


def element(octets: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return the tag of the element at ``at``, where its content begins, and where that ends.

    Raises:
        BerError: it does not end before ``end``.
    """
    start = at + 2
    if start > end:
        raise BerError("an element is cut off")
    length = octets[at + 1]
    if length >= _LONG:
        size = length - _LONG
        # No size is the indefinite form, which RFC 3417 forbids.
        if not 0 < size <= _MOST_LENGTH_OCTETS or start + size > end:
            raise BerError("a length that is none")
        length = int.from_bytes(octets[start : start + size], "big")
        start += size
    if start + length > end:
        raise BerError("an element is longer than what it stands in")
    return octets[at], start, start + length


def inside(tag: int, octets: bytes, at: int, end: int) -> tuple[int, int]:
    """Return where the content of the element at ``at`` begins and ends, which has this tag.

    Raises:
        BerError: it has not, or is cut off.
    """
    found, start, stop = element(octets, at, end)
    if found != tag:
        raise BerError(f"tag {found:#x} in the place of {tag:#x}")
    return start, stop


def integer(octets: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the INTEGER at ``at`` and where the next element begins.

    Raises:
        BerError: there is none, or one of more than 32 bits.
    """
    start, stop = inside(INTEGER, octets, at, end)
    if not 0 < stop - start <= _MOST_INTEGER_OCTETS:
        raise BerError("an INTEGER without octets, or with too many")
    number = int.from_bytes(octets[start:stop], "big", signed=True)
    if not -(2**31) <= number < 2**31:
        raise BerError("an INTEGER of more than 32 bits")
    return number, stop


def oid_text(content: bytes) -> str:
    """Return the content of an OBJECT IDENTIFIER in dotted form.

    Raises:
        BerError: it is empty, cut off, or has more or larger numbers than SNMP knows.
    """
    numbers: list[int] = []
    number = 0
    for octet in content:
        if not number and octet == _LONG:
            raise BerError("an OID with a number that begins with nothing")
        number = (number << 7) | (octet & 0x7F)
        if number > _LARGEST_NUMBER + _THIRD_ROOT:
            raise BerError("an OID with a number of more than 32 bits")
        if octet < _LONG:
            numbers.append(number)
            number = 0
    if not content or number or len(numbers) >= _MOST_NUMBERS or max(numbers[1:], default=0) > _LARGEST_NUMBER:
        raise BerError("no OID that SNMP knows")
    root = min(numbers[0] // _SECOND_ROOT, 2)
    return ".".join(map(str, (root, numbers[0] - root * _SECOND_ROOT, *numbers[1:])))


def tlv(tag: int, content: bytes) -> bytes:
    """Return an element with its length in the fewest octets."""
    length = len(content)
    if length < _LONG:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) >> 3
    return bytes((tag, _LONG + size)) + length.to_bytes(size, "big") + content


def as_integer(number: int, tag: int = INTEGER) -> bytes:
    """Return a number, in the fewest octets that also hold its sign."""
    size = ((number if number >= 0 else ~number).bit_length() >> 3) + 1
    return bytes((tag, size)) + number.to_bytes(size, "big", signed=True)


@lru_cache(4096)
def as_oid(oid: str) -> bytes:
    """Return a dotted OBJECT IDENTIFIER as an element."""
    first, second, *others = map(int, oid.split("."))
    content = bytearray()
    for number in (first * _SECOND_ROOT + second, *others):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | _LONG)
        content += bytes(reversed(groups))
    return tlv(OBJECT_IDENTIFIER, bytes(content))
