"""Encode a request once and give it another id each time; decode a response, strictly.

Strict is what tells whose answer to which question this is, and where each value begins and ends: version, tags, ids,
lengths and names. Only a value is taken as it comes (`values`). It does not match responses to requests.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from esolutions_client.snmp.codec.ber import (
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    decode_oid,
    element,
    encode_oid,
    tlv,
)
from esolutions_client.snmp.codec.values import read_value
from esolutions_client.snmp.errors import TOO_BIG, AgentError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from esolutions_client.snmp.pdus import Reply, Request, Value

__all__ = ["Encoded", "Response", "draw_id", "encode", "open_response", "read_value", "reply_to"]

# RFC 1901 and RFC 3416.
_VERSIONS: Mapping[str, int] = MappingProxyType({"1": 0, "2c": 1})
_GET, _GET_NEXT, _RESPONSE, _GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
_ZERO = tlv(INTEGER, b"\0")
_ID_OCTETS = 4
_SHORTEST_ROW, _LONG_FORM = 4, 0x80
# The lowest id of exactly four octets; so many random bits above it leave the sign alone.
_LOWEST_ID, _ID_BITS = 0x00800000, 30
# Requests that are kept: the printers of one model are asked the same.
_REMEMBERED = 512


class Encoded(NamedTuple):
    """A request as octets, before and after its id; the version, community and names that its response must have."""

    before: bytes
    after: bytes
    version: int
    community: bytes
    names: list[bytes]

    def with_id(self, request_id: int) -> bytes:
        """Return the message; the id is one that `draw_id` drew."""
        return b"%b%b%b" % (self.before, request_id.to_bytes(_ID_OCTETS, "big"), self.after)


class Response(NamedTuple):
    """The outer part of a response; its varbinds stand between `at` and `end` of `octets`."""

    octets: bytes
    version: int
    community: bytes
    request_id: int
    status: int
    error_index: int
    at: int
    end: int


def draw_id(rng: Random) -> int:
    """Return a request id that no other host can guess, if `rng` is such a source."""
    return _LOWEST_ID + rng.getrandbits(_ID_BITS)


@lru_cache(maxsize=_REMEMBERED)
def encode(version: str, community: str, request: Request) -> Encoded:
    """Return a request of version "1" or "2c" as octets.

    Raises:
        UnusableReplyError: that version has no such request, or a name is none.
    """
    number, signed = _VERSIONS.get(version), community.encode()
    if number is None or (number == 0 and isinstance(request, GetBulk)):
        raise UnusableReplyError(f"SNMP version {version} has no {type(request).__name__}")
    names = [encode_oid(oid) for oid in ((request.oid,) if isinstance(request, GetBulk) else request.oids)]
    rows = tlv(SEQUENCE, *(tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, name), tlv(NULL)) for name in names))
    repetitions = tlv(INTEGER, _positive(request.max_repetitions)) if isinstance(request, GetBulk) else _ZERO
    kind = {Get: _GET, GetNext: _GET_NEXT, GetBulk: _GET_BULK}[type(request)]
    pdu = tlv(kind, tlv(INTEGER, bytes(_ID_OCTETS)), _ZERO, repetitions, rows)
    after = _ZERO + repetitions + rows
    message = tlv(SEQUENCE, tlv(INTEGER, bytes((number,))), tlv(OCTET_STRING, signed), pdu)
    return Encoded(message[: -len(after) - _ID_OCTETS], after, number, signed, names)


def open_response(octets: bytes) -> Response:
    """Return the outer part of a response.

    Raises:
        UnusableReplyError: this is no response of version 1 or 2c; the text says what is wrong.
    """
    at, end = _inside(octets, 0, len(octets), SEQUENCE, "message")
    version, at = _integer(octets, at, end)
    if version not in (0, 1):
        raise UnusableReplyError("it is of another SNMP version than 1 and 2c")
    tag, begin, at = element(octets, at, end)
    if tag != OCTET_STRING:
        raise UnusableReplyError("it has no community")
    community = octets[begin:at]
    at, end = _inside(octets, at, end, _RESPONSE, "response")
    request_id, at = _integer(octets, at, end)
    status, at = _integer(octets, at, end)
    index, at = _integer(octets, at, end)
    at, end = _inside(octets, at, end, SEQUENCE, "list of variables")
    return Response(octets, version, community, request_id, status, index, at, end)


def reply_to(request: Request, asked: Encoded, response: Response) -> Reply:
    """Return what a response with the right id answers to a request.

    Raises:
        TooBigError, AgentError: the agent refuses.
        UnusableReplyError: it is of another version or community, answers other names, or is damaged.
    """
    if (response.version, response.community) != (asked.version, asked.community):
        raise UnusableReplyError("it is of another version or community than the question")
    if response.status:
        if response.status == TOO_BIG:
            raise TooBigError("the answer would be too big")
        raise AgentError(response.status, response.error_index)
    names, values = _varbinds(response)
    if isinstance(request, Get):
        if names != asked.names:
            raise UnusableReplyError("it answers other variables than it was asked for")
        return values
    return list(zip(map(decode_oid, names), values, strict=True))


def _varbinds(response: Response) -> tuple[list[bytes], list[Value]]:
    octets, at, end = response.octets, response.at, response.end
    names: list[bytes] = []
    values: list[Value] = []
    while at < end:
        if end - at > _SHORTEST_ROW and octets[at] == SEQUENCE and octets[at + 2] == OBJECT_IDENTIFIER:
            # The short form of both lengths, as nearly every row has it: half the time of a poll.
            name_at = at + 4
            name_end, stop = name_at + octets[at + 3], at + 2 + octets[at + 1]
            if octets[at + 1] < _LONG_FORM and name_end <= stop <= end:
                names.append(octets[name_at:name_end])
                values.append(read_value(octets, name_end, stop))
                at = stop
                continue
        name_at, name_end, stop = _name(octets, at, end)
        names.append(octets[name_at:name_end])
        values.append(read_value(octets, name_end, stop))
        at = stop
    return names, values


def _name(octets: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return where the name of a row begins and ends, and where the row does."""
    tag, begin, stop = element(octets, at, end)
    kind, name_at, name_end = element(octets, begin, stop)
    if tag != SEQUENCE or kind != OBJECT_IDENTIFIER:
        raise UnusableReplyError("it holds something else than names and values")
    return name_at, name_end, stop


def _inside(octets: bytes, at: int, end: int, wanted: int, name: str) -> tuple[int, int]:
    """Return where the content of an element begins and ends, which must be the last up to `end`."""
    tag, begin, stop = element(octets, at, end)
    if tag != wanted:
        raise UnusableReplyError(f"it is no {name}: the tag is 0x{tag:02X}")
    if stop != end:
        raise UnusableReplyError(f"octets are left over behind the {name}")
    return begin, stop


def _integer(octets: bytes, at: int, end: int) -> tuple[int, int]:
    tag, begin, stop = element(octets, at, end)
    if tag != INTEGER or not 1 <= stop - begin <= _ID_OCTETS:
        raise UnusableReplyError("it has something else where a number of its head should be")
    return int.from_bytes(octets[begin:stop], "big", signed=True), stop


def _positive(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
