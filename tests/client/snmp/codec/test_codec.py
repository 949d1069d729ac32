"""Our codec beside pysnmp's, and beside octets that no agent should send."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.proto import api, rfc1902, rfc1905

from esolutions_client.snmp.codec.ber import decode_oid, encode_oid
from esolutions_client.snmp.codec.messages import draw_id, encode, open_response, reply_to
from esolutions_client.snmp.errors import AgentError, SnmpError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext, Reply, Request, Unreadable, Value

MODELS = {"1": api.SNMP_VERSION_1, "2c": api.SNMP_VERSION_2C}
NAME = "1.3.6.1.2.1.43.10.2.1.4.1.1"
ASKED = Get((NAME,))

arcs = st.one_of(st.integers(0, 300), st.integers(0, 0xFFFFFFFF))
oids = st.tuples(st.integers(0, 2), st.integers(0, 39), st.lists(arcs, max_size=20)).map(
    lambda parts: ".".join(map(str, (parts[0], parts[1], *parts[2])))
)
versions = st.sampled_from(["1", "2c"])
communities = st.text(st.characters(codec="utf-8"), max_size=200)
names = st.lists(oids, min_size=1, max_size=40).map(tuple)
requests = st.one_of(
    st.builds(Get, names), st.builds(GetNext, names), st.builds(GetBulk, oids, st.integers(0, 2**31 - 1))
)
ids = st.integers(0, 2**32).map(lambda seed: draw_id(random.Random(seed)))


@st.composite
def values(draw: st.DrawFn) -> tuple[Any, Value]:
    """Return a value of pysnmp's, and what it is in ours."""
    kind = draw(
        st.sampled_from(["integer", "octets", "oid", "address", "c32", "g32", "ticks", "opaque", "c64", "none"])
    )
    if kind == "integer":
        # pyasn1 writes -2^31 itself in five octets, which X.690 8.3.2 forbids.
        number = draw(st.integers(-(2**31) + 1, 2**31 - 1))
        return rfc1902.Integer32(number), number
    if kind in ("c32", "g32", "ticks"):
        number = draw(st.integers(0, 2**32 - 1))
        return {"c32": rfc1902.Counter32, "g32": rfc1902.Gauge32, "ticks": rfc1902.TimeTicks}[kind](number), number
    if kind == "c64":
        number = draw(st.integers(0, 2**64 - 1))
        return rfc1902.Counter64(number), number
    if kind == "oid":
        oid = draw(oids)
        return rfc1902.ObjectIdentifier(oid), oid
    if kind == "none":
        return draw(st.sampled_from([rfc1905.noSuchObject, rfc1905.noSuchInstance, rfc1905.endOfMibView])), None
    octets = draw(st.binary(min_size=4, max_size=4) if kind == "address" else st.binary(max_size=300))
    return {"octets": rfc1902.OctetString, "address": rfc1902.IpAddress, "opaque": rfc1902.Opaque}[kind](octets), octets


def pysnmp_response(
    rows: list[tuple[str, Any]], request_id: int = 0x01020304, *, status: int = 0, index: int = 0, name: str = "public"
) -> bytes:
    """Encode a response of version 2c with pysnmp."""
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    pdu = module.GetResponsePDU()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_request_id(pdu, request_id)
    module.apiPDU.set_error_status(pdu, status)
    module.apiPDU.set_error_index(pdu, index)
    module.apiPDU.set_varbinds(pdu, [(univ.ObjectIdentifier(oid), value) for oid, value in rows])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, name)
    module.apiMessage.set_pdu(message, pdu)
    return encoder.encode(message)  # type: ignore[no-any-return]


def tlv(tag: int, content: bytes) -> bytes:
    """Encode an element with a length of two octets, as net-snmp does before it knows how long it will be."""
    return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content


def response_of(value: bytes, version: int = 1) -> bytes:
    """Return a response with one value, which is these octets."""
    row = tlv(0x30, tlv(6, encode_oid(NAME)) + value)
    pdu = tlv(0xA2, tlv(2, b"\1\2\3\4") + tlv(2, b"\0") + tlv(2, b"\0") + tlv(0x30, row))
    return tlv(0x30, tlv(2, bytes((version,))) + tlv(4, b"public") + pdu)


def decoded(message: bytes, request: Request = ASKED, version: str = "2c") -> Reply:
    """Return what a message answers to a request."""
    return reply_to(request, encode(version, "public", request), open_response(message))


@given(versions, communities, requests, ids)
def test_pysnmp_understands_every_request(version: str, community: str, request: Request, request_id: int) -> None:
    """Kind, version, community, id and names are those that were asked for, and nothing follows."""
    if version == "1" and isinstance(request, GetBulk):
        with pytest.raises(UnusableReplyError, match="no GetBulk"):
            encode(version, community, request)
        return
    module = api.PROTOCOL_MODULES[MODELS[version]]
    octets = encode(version, community, request).with_id(request_id)
    message, rest = decoder.decode(octets, asn1Spec=module.Message())
    pdu = module.apiMessage.get_pdu(message)
    assert not rest
    assert type(pdu).__name__ == f"{type(request).__name__}RequestPDU"
    assert int(module.apiMessage.get_version(message)) == MODELS[version]
    assert bytes(module.apiMessage.get_community(message)) == community.encode()
    assert int(module.apiPDU.get_request_id(pdu)) == request_id
    asked = (request.oid,) if isinstance(request, GetBulk) else request.oids
    assert tuple(str(name) for name, _ in module.apiPDU.get_varbinds(pdu)) == asked
    if isinstance(request, GetBulk):
        assert int(module.apiBulkPDU.get_max_repetitions(pdu)) == request.max_repetitions
    # pysnmp would have sent the very same octets, but for lengths in a longer form.
    assert encoder.encode(message) == octets


@given(st.lists(st.tuples(oids, values()), min_size=1, max_size=40), ids)
def test_what_pysnmp_answers_is_read_as_it_was_meant(rows: list[tuple[str, Any]], request_id: int) -> None:
    """Names and values of every type, and the id."""
    message = pysnmp_response([(oid, theirs) for oid, (theirs, _) in rows], request_id)
    asked = Get(tuple(oid for oid, _ in rows))
    assert open_response(message).request_id == request_id
    assert decoded(message, asked) == [ours for _, (_, ours) in rows]
    assert decoded(message, GetNext(asked.oids)) == [(oid, ours) for oid, (_, ours) in rows]


@given(oids)
def test_an_oid_survives(oid: str) -> None:
    """What is encoded comes back."""
    assert decode_oid(encode_oid(oid)) == oid


@pytest.mark.parametrize("oid", ["1", "3.1", "1.40", "1.3.4294967296", ".".join(["1"] * 129), "1..3", "x", ""])
def test_what_is_no_oid_is_not_sent(oid: str) -> None:
    """An error of ours, before anything leaves."""
    with pytest.raises(UnusableReplyError, match="not an object identifier"):
        encode_oid(oid)


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("43 04 98 5D 4B 44", 0x985D4B44),
        ("43 05 00 98 5D 4B 44", 0x985D4B44),
        ("41 05 00 98 5D 4B 44", 0x985D4B44),
        ("41 04 98 5D 4B 44", Unreadable("a Counter32 above 2^31 in 4 octets, which may be a negative number")),
        ("42 04 FF FF FF FE", Unreadable("a Gauge32 above 2^31 in 4 octets, which may be a negative number")),
        ("41 01 FE", Unreadable("a negative number as a Counter32")),
        ("43 02 80 00", Unreadable("a negative number as TimeTicks")),
        ("41 05 01 00 00 00 00", Unreadable("a Counter32 above 2^32")),
        ("41 06 00 00 00 00 00 01", Unreadable("a Counter32 of 6 octets instead of 1 to 5")),
        ("41 00", Unreadable("a Counter32 of 0 octets instead of 1 to 5")),
        ("02 05 00 98 5D 4B 44", Unreadable("an INTEGER of 5 octets instead of 1 to 4")),
        ("02 00", Unreadable("an INTEGER of 0 octets instead of 1 to 4")),
        ("02 04 00 00 00 07", 7),
        ("02 04 FF FF FF FD", -3),
        ("46 09 00 FF FF FF FF FF FF FF FF", 2**64 - 1),
        (
            "46 08 FF FF FF FF FF FF FF FF",
            Unreadable("a Counter64 above 2^63 in 8 octets, which may be a negative number"),
        ),
        ("47 04 00 00 00 07", Unreadable("a value of the type 0x47, which SNMP gave up in 1996")),
        ("03 02 00 01", Unreadable("a value of the unknown type 0x03")),
        ("1F 02 81 00", Unreadable("a value of the unknown type 0x1F")),
        ("24 06 04 04 61 62 63 64", Unreadable("a value of the unknown type 0x24")),
        ("05 00", Unreadable("NULL where a value should be")),
        ("05 01 00", Unreadable("a NULL of 1 octet instead of none")),
        ("40 03 7F 00 00", Unreadable("an IpAddress of 3 octets instead of 4")),
        ("44 02 9F 78", b"\x9f\x78"),
        ("06 01 80", Unreadable("an object identifier is empty, too long or cut off")),
        ("06 02 80 01", Unreadable("an object identifier has a padded arc")),
        ("04 05 61", Unreadable("a value whose length does not fit its place")),
        ("04 80 61 00 00", Unreadable("a value whose length does not fit its place")),
        ("04 01 61 61", Unreadable("a value with something behind it")),
        ("04", Unreadable("a value whose length does not fit its place")),
        ("", Unreadable("a value whose length does not fit its place")),
        ("80 00", None),
        ("81 00", None),
        ("82 00", None),
        ("82 01 00", Unreadable("the word for a missing row of 1 octet instead of none")),
        ("04 81 01 61", b"a"),
    ],
)
@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_value_is_what_it_says_or_says_what_is_wrong_with_it(octets: str, value: Value, version: str) -> None:
    """A number that may be two is none; an odd value is a value of its own, in words a person understands."""
    message = response_of(bytes.fromhex(octets), MODELS[version])
    assert decoded(message, version=version) == [value]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda message: message[:-1], "longer than what holds it"),
        (lambda message: message + b"\0", "left over behind the message"),
        (lambda _: b"", "in the middle of an element"),
        (lambda message: message.replace(b"\xa2", b"\xa0", 1), "it is no response: the tag is 0xA0"),
        (lambda message: message.replace(b"\x02\x82\0\1\1", b"\x02\x82\0\1\3", 1), "another SNMP version"),
        (lambda message: message.replace(b"public", b"secret"), "another version or community"),
        (lambda message: message.replace(b"\x04\x82\0\6public", b"\x05\x82\0\6public"), "it has no community"),
        (lambda message: b"\x30\x80" + message[4:] + b"\0\0", "the length octet 0x80"),
        (lambda message: message.replace(encode_oid(NAME), encode_oid(NAME)[:-1] + b"\5"), "other variables"),
        (lambda message: message.replace(tlv(2, b"\1\2\3\4"), tlv(4, b"\1\2\3\4")), "a number of its head"),
        (lambda message: message.replace(b"\x06\x82", b"\x04\x82"), "something else than names and values"),
    ],
)
def test_a_message_that_is_not_one_is_refused_with_the_reason(damage: Any, words: str) -> None:
    """Strict where it matters: whose answer this is, and where each value begins and ends."""
    message = response_of(bytes.fromhex("04 02 61 62"))
    assert decoded(message) == [b"ab"]
    with pytest.raises(UnusableReplyError, match=words):
        decoded(damage(message))


def test_a_refusal_is_told_with_the_variable_it_is_about() -> None:
    """The error status and index of RFC 3416; whatever variables come with it are not looked at."""
    with pytest.raises(TooBigError):
        decoded(pysnmp_response([], status=1))
    with pytest.raises(AgentError) as refusal:
        decoded(pysnmp_response([("1.3.6.1.9", rfc1902.Integer32(1))], status=2, index=1))
    assert (refusal.value.status, refusal.value.index) == (2, 1)


def outcome_of(octets: bytes) -> object:
    """Return what came of a datagram; an error that is not ours escapes."""
    try:
        return decoded(octets)
    except SnmpError as error:
        return error


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_random_octets_are_an_error_of_ours(octets: bytes) -> None:
    """Whatever comes in a datagram."""
    assert isinstance(outcome_of(octets), SnmpError)


@settings(max_examples=500)
@given(st.lists(values(), min_size=1, max_size=6), st.data())
def test_a_damaged_response_is_values_or_an_error_of_ours(rows: list[Any], data: st.DataObject) -> None:
    """Bits flip, octets come and go: never another exception, and never more values than were asked for."""
    octets = bytearray(pysnmp_response([(NAME, theirs) for theirs, _ in rows]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(octets) - 1))
        kind = data.draw(st.sampled_from(["change", "insert", "remove", "cut"]))
        if kind == "insert":
            octets[at:at] = data.draw(st.binary(min_size=1, max_size=4))
        elif kind == "change":
            octets[at] = data.draw(st.integers(0, 255))
        else:
            del octets[at : at + 1 if kind == "remove" else None]
        if not octets:
            break
    asked = Get((NAME,) * len(rows))
    try:
        answer = reply_to(asked, encode("2c", "public", asked), open_response(bytes(octets)))
    except SnmpError:
        return
    assert len(answer) == len(rows)
    assert {type(value) for value in answer} <= {int, bytes, str, Unreadable, type(None)}


@pytest.mark.parametrize(
    "octets",
    [
        b"\x30\x82\xff\xfb" + b"\x30\x82" * 32_000,
        b"\x30\x84\xff\xff\xff\xff" + b"\0" * 60_000,
        response_of(b"\x06\x82\xff\x00" + b"\x81" * 0xFEFF + b"\x01"),
        response_of(b"\x02\x82\xff\x00" + b"\x7f" * 0xFF00),
        tlv(0x30, tlv(2, b"\1") + tlv(4, b"public") + tlv(0xA2, tlv(2, b"\1") * 3 + tlv(0x30, b"\x30\0" * 32_000))),
    ],
    ids=["nesting", "a huge length", "an OID that never ends", "a number of 65,280 octets", "32,000 empty rows"],
)
def test_a_datagram_made_to_cost_costs_nothing(octets: bytes) -> None:
    """Nothing is followed downwards and no number or name is worked out that SNMP could not carry."""
    outcome = outcome_of(octets)
    assert isinstance(outcome, SnmpError) or isinstance(outcome[0], Unreadable)  # type: ignore[index]
