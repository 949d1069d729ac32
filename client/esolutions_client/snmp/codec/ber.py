"""Elements of BER (X.690) as RFC 3417 section 8 allows them in SNMP: a tag of one octet, a definite length, content.

A long form of a length is taken even where the short one would do, as net-snmp sends it. It does not know what an
element is for.
"""

from __future__ import annotations

from functools import lru_cache

from esolutions_client.snmp.errors import UnusableReplyError
from esolutions_client.snmp.queries import oid_key

__all__ = [
    "INTEGER",
    "NULL",
    "OBJECT_IDENTIFIER",
    "OCTET_STRING",
    "SEQUENCE",
    "decode_oid",
    "element",
    "encode_oid",
    "tlv",
]

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
_MORE = 0x80
# Four octets of length are more than any datagram needs, and 0x80 alone would be the indefinite form.
_MOST_LENGTH_OCTETS = 4
# RFC 2578, 3.5: at most 128 arcs of 32 bits.
_MOST_ARCS, _LARGEST_ARC = 128, 0xFFFFFFFF
_ARCS_BELOW_FIRST = 40
_MOST_OID_OCTETS = _MOST_ARCS * 5
# Rows of all printers of an office; each is some hundred octets.
_REMEMBERED = 2048


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return an element with these contents."""
    content = b"".join(parts)
    size = len(content)
    if size < _MORE:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _MORE | len(octets))) + octets + content


def element(octets: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return the tag of the element that begins at `at`, and where its content begins and ends.

    Raises:
        UnusableReplyError: it does not lie before `end`, or has no definite length.
    """
    if end - at < 2:
        raise UnusableReplyError("it ends in the middle of an element")
    size, begin = octets[at + 1], at + 2
    if size >= _MORE:
        count = size & ~_MORE
        if not 1 <= count <= _MOST_LENGTH_OCTETS:
            raise UnusableReplyError(f"an element has the length octet 0x{size:02X}")
        begin += count
        size = int.from_bytes(octets[at + 2 : begin], "big")
    if begin + size > end:
        raise UnusableReplyError("an element is longer than what holds it")
    return octets[at], begin, begin + size


@lru_cache(maxsize=_REMEMBERED)
def encode_oid(oid: str) -> bytes:
    """Return the content of an OBJECT IDENTIFIER.

    Raises:
        UnusableReplyError: this is no OID that SNMP can carry.
    """
    first, *arcs = oid_key(oid)
    is_whole = bool(arcs) and first <= 2 and len(arcs) < _MOST_ARCS and max(arcs) <= _LARGEST_ARC
    if not is_whole or (first < 2 and arcs[0] >= _ARCS_BELOW_FIRST):
        raise UnusableReplyError(f"not an object identifier of SNMP: {oid[:80]!r}")
    # X.690, 8.19.4: the first two arcs share a number.
    return b"".join(map(_base_128, (first * _ARCS_BELOW_FIRST + arcs[0], *arcs[1:])))


@lru_cache(maxsize=_REMEMBERED)
def decode_oid(content: bytes) -> str:
    """Return an OBJECT IDENTIFIER in dotted form.

    Raises:
        UnusableReplyError: it is empty, too long, ends within an arc or pads one (X.690, 8.19.2).
    """
    if not content or len(content) > _MOST_OID_OCTETS or content[-1] >= _MORE:
        raise UnusableReplyError("an object identifier is empty, too long or cut off")
    arcs: list[int] = []
    arc = 0
    for octet in content:
        if arc == 0 and octet == _MORE:
            raise UnusableReplyError("an object identifier has a padded arc")
        arc = arc << 7 | octet & ~_MORE
        if octet < _MORE:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // _ARCS_BELOW_FIRST, 2)
    arcs[:1] = first, arcs[0] - _ARCS_BELOW_FIRST * first
    if len(arcs) > _MOST_ARCS or max(arcs) > _LARGEST_ARC:
        raise UnusableReplyError("an object identifier has too many arcs, or too large ones")
    return ".".join(map(str, arcs))


def _base_128(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(arc & 0x7F | _MORE)
    return bytes(reversed(octets))
