"""Datagrams of SNMP put together octet by octet, right and wrong."""

from collections.abc import Sequence

GET, NEXT, RESPONSE, SET, TRAP_1, BULK, INFORM, TRAP_2, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8
V1, V2C = 0, 1
NULL = b"\x05\x00"
REQUEST_ID = 7
# What is put in place of a length for the lengths that are sent in other ways.
MESSAGE_ID = 4711


def tlv(tag: int, *parts: bytes) -> bytes:
    """Encode an element in the fewest octets."""
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def long_tlv(tag: int, *parts: bytes, octets: int = 4) -> bytes:
    """Encode an element whose length takes so many octets."""
    body = b"".join(parts)
    return bytes((tag, 0x80 | octets)) + len(body).to_bytes(octets, "big") + body


def endless_tlv(tag: int, *parts: bytes) -> bytes:
    """Encode an element of indefinite length."""
    return bytes((tag, 0x80)) + b"".join(parts) + b"\x00\x00"


def integer(number: int, octets: int = 0) -> bytes:
    """Encode an INTEGER, in the fewest octets or in so many."""
    return tlv(2, number.to_bytes(octets or number.bit_length() // 8 + 1, "big", signed=True))


def arcs(oid: str) -> bytes:
    """Return the content of an OBJECT IDENTIFIER."""
    first, second, *others = map(int, oid.split("."))
    content = bytearray()
    for number in (first * 40 + second, *others):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return bytes(content)


def variable(oid: str, value: bytes = NULL) -> bytes:
    """Encode a variable."""
    return tlv(0x30, tlv(6, arcs(oid)), value)


def pdu(kind: int, names: Sequence[str], first: int = 0, second: int = 0, value: bytes = NULL) -> bytes:
    """Encode a PDU; the numbers are error status and index, or GETBULK's own two."""
    variables = tlv(0x30, *(variable(name, value) for name in names))
    return tlv(kind, integer(REQUEST_ID), integer(first), integer(second), variables)


def message(body: bytes, *, version: int = V2C, community: bytes = b"public") -> bytes:
    """Encode a message of version 1 or 2c around a PDU."""
    return tlv(0x30, integer(version), tlv(4, community), body)
