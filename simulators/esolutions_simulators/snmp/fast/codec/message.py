"""Read the requests of SNMP 1 and 2c, and write the responses (RFC 1157; RFC 1901; RFC 3416).

No agent is asked here, and no socket read: a datagram is a request, or a
BerError says why it is none.
"""

from collections.abc import Iterable
from typing import NamedTuple

from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import Syntax, Value
from esolutions_simulators.snmp.fast.codec.ber import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    BerError,
    as_integer,
    as_oid,
    element,
    inside,
    integer,
    oid_text,
    tlv,
)

__all__ = [
    "BULK",
    "END_OF_MIB_VIEW",
    "GET",
    "NEXT",
    "NO_SUCH_INSTANCE",
    "NO_SUCH_OBJECT",
    "SET",
    "Request",
    "names_of",
    "read_request",
    "response",
    "value_octets",
    "variable",
]

GET, NEXT, SET, BULK = 0xA0, 0xA1, 0xA3, 0xA5
_RESPONSE = 0xA2
_REQUESTS = frozenset((GET, NEXT, SET, BULK))
_VERSIONS = {0: "1", 1: "2c"}
# RFC 3416, section 3: what stands for a value that is not there.
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"
_NULL = b"\x05\x00"
# The types of RFC 2578 and RFC 3416 that a variable of a request may have: most have NULL, some what they last heard.
_TYPES = frozenset((*(0x02, 0x04, 0x05, 0x06), *range(0x40, 0x48), 0x80, 0x81, 0x82))


class Request(NamedTuple):
    """A request: ``first`` and ``second`` are GETBULK's own two numbers, ``variables`` its list as it came."""

    version: str
    community: bytes
    kind: int
    number: int
    first: int
    second: int
    variables: bytes


def read_request(datagram: bytes) -> Request:
    """Return the request that a datagram is.

    Raises:
        BerError: it is none of version 1 or 2c.
    """
    at, end = inside(SEQUENCE, datagram, 0, len(datagram))
    version, at = integer(datagram, at, end)
    if version not in _VERSIONS:
        raise BerError(f"version {version}")
    start, at = inside(OCTET_STRING, datagram, at, end)
    community = datagram[start:at]
    kind, at, stop = element(datagram, at, end)
    if kind not in _REQUESTS or stop != end or (kind == BULK and not version):
        raise BerError(f"PDU {kind:#x}, or something behind it")
    number, at = integer(datagram, at, stop)
    first, at = integer(datagram, at, stop)
    second, at = integer(datagram, at, stop)
    start, end = inside(SEQUENCE, datagram, at, stop)
    if end != stop:
        raise BerError("something stands behind the variables")
    return Request(_VERSIONS[version], community, kind, number, first, second, datagram[start:end])


def names_of(variables: bytes) -> tuple[str, ...]:
    """Return the names in a list of variables, dotted.

    Raises:
        BerError: it is no such list.
    """
    names = []
    at, end = 0, len(variables)
    while at < end:
        start, at = inside(SEQUENCE, variables, at, end)
        name, value = inside(OBJECT_IDENTIFIER, variables, start, at)
        tag, content, stop = element(variables, value, at)
        # X.690, 8.3.1: a number has an octet at least.
        if stop != at or tag not in _TYPES or (tag == INTEGER and content == stop):
            raise BerError("a variable that is not a name and a value")
        names.append(oid_text(variables[name:value]))
    return tuple(names)


def value_octets(value: Value, syntax: Syntax) -> bytes:
    """Return a value that is there as it stands on the wire."""
    if isinstance(value, int):
        return as_integer(value, syntax)
    if isinstance(value, bytes):
        return tlv(syntax, value)
    if isinstance(value, str):
        return as_oid(value)
    return value.octets if isinstance(value, Encoded) else _NULL


def variable(oid: str, value: bytes) -> bytes:
    """Return a name and its encoded value as they stand in a list."""
    return tlv(SEQUENCE, as_oid(oid) + value)


def response(request: Request, variables: Iterable[bytes], status: int = 0, index: int = 0) -> bytes:
    """Return the datagram that answers a request with these variables, each of them encoded."""
    numbers = as_integer(request.number) + as_integer(status) + as_integer(index)
    pdu = tlv(_RESPONSE, numbers + tlv(SEQUENCE, b"".join(variables)))
    version = as_integer(0 if request.version == "1" else 1)
    return tlv(SEQUENCE, version + tlv(OCTET_STRING, request.community) + pdu)
