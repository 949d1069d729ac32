"""The printers' own codec writes what pyasn1 and pysnmp write, reads what they write, and takes whatever else comes."""

import warnings
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.mib.oids import tree_of
from esolutions_simulators.mib.row import Syntax
from esolutions_simulators.snmp.fast.codec import ber
from esolutions_simulators.snmp.fast.codec.message import GET, names_of, read_request, value_octets
from esolutions_simulators.snmp.fast.responder import Responder
from tests.simulators.support.pysnmp_messages import KINDS, decoded, encoded

with warnings.catch_warnings():
    # pysnmp 7.1 imports from pysmi what pysmi has renamed.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.proto import rfc1902

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
FLEET = build_fleet(3, ["nominal", "quirk-too-big", "quirk-odd-encoding"], installed_at=AT)
# Lengths that are none, tags of other types, signs, the borders of 7 and 8 bits.
ODD_OCTETS = st.sampled_from([0x00, 0x01, 0x02, 0x05, 0x06, 0x1F, 0x30, 0x40, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xA0, 0xFF])

numbers = st.integers(0, 2**32 - 1)
oids = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**32 - 1))
).flatmap(lambda root: st.lists(numbers, max_size=20).map(lambda rest: ".".join(map(str, (*root, *rest)))))
printers_oids = st.sampled_from([row[0] for row in FLEET.agents[0].rows_at(AT.timestamp())])
names = st.lists(st.one_of(printers_oids, oids), max_size=12)


requests = st.builds(
    encoded,
    st.just(1),
    st.sampled_from(sorted(KINDS)),
    names,
    number=st.integers(-(2**31), 2**31 - 1),
    community=st.sampled_from(["public", "private", ""]),
)


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_is_written_as_pyasn1_reads_it_and_read_back(number: int) -> None:
    """With its sign, and in the fewest octets: the first nine bits are not all alike (X.690, 8.3.2)."""
    octets = ber.as_integer(number)
    assert decoder.decode(octets, asn1Spec=rfc1902.Integer32())[0] == number
    assert len(octets) == 3 or octets[2:4] not in {bytes((0, n)) for n in range(128)} | {
        bytes((255, n)) for n in range(128, 256)
    }
    assert ber.integer(octets, 0, len(octets)) == (number, len(octets))


@given(numbers)
def test_counters_gauges_and_ticks_are_written_as_pyasn1_writes_them(number: int) -> None:
    """All 32 bits of them."""
    for syntax, kind in ((Syntax.COUNTER32, rfc1902.Counter32), (Syntax.GAUGE32, rfc1902.Gauge32)):
        assert value_octets(number, syntax) == encoder.encode(kind(number))
    assert value_octets(number, Syntax.TIME_TICKS) == encoder.encode(rfc1902.TimeTicks(number))


@given(st.binary(max_size=300))
def test_octets_are_written_as_pyasn1_writes_them(text: bytes) -> None:
    """With lengths of one octet and of more."""
    assert value_octets(text, Syntax.OCTET_STRING) == encoder.encode(rfc1902.OctetString(text))


@given(oids)
def test_an_oid_is_written_as_pyasn1_writes_it_and_read_back(oid: str) -> None:
    """Numbers of up to 32 bits, and the roots 0, 1 and 2."""
    octets = ber.as_oid(oid)
    assert octets == encoder.encode(rfc1902.ObjectName(oid))
    assert ber.oid_text(octets[2:]) == oid


@given(st.sampled_from(sorted(KINDS)), names, st.integers(-(2**31), 2**31 - 1))
def test_a_request_is_read_as_pysnmp_wrote_it(kind: int, asked: list[str], number: int) -> None:
    """Kind, number, community and names."""
    request = read_request(encoded(1, kind, asked, number))
    assert (request.kind, request.number, request.community, request.version) == (kind, number, b"public", "2c")
    assert names_of(request.variables) == tuple(asked)


@pytest.mark.parametrize("version", [0, 1])
@given(names, st.integers(-(2**31), 2**31 - 1))
def test_pysnmp_reads_in_a_response_what_the_agent_says(version: int, asked: list[str], number: int) -> None:
    """Number, names, types and values; in version 1 the first one that is missing, by its place."""
    agent = FLEET.agents[0]
    answer = Responder().respond(encoded(version, GET, asked, number), "127.0.0.10", FLEET, AT.timestamp())
    assert answer is not None
    got, status, index, variables = decoded(version, answer)
    values = agent.get_there(asked, AT.timestamp())
    assert values is not None
    assert got == number
    assert [name for name, _ in variables] == asked
    if version == 0 and None in values:
        assert (status, index) == (2, values.index(None) + 1)
        return
    assert (status, index) == (0, 0)
    for (name, value), expected in zip(variables, values, strict=True):
        tag = value.tagSet[0].tagClass + value.tagSet[0].tagId
        missing = 0x81 if tree_of(name) else 0x80
        assert tag == (missing if expected is None else agent.syntax_of(name, AT.timestamp()))
        kind: Any = type(expected)
        assert expected is None or (value.asOctets() if kind is bytes else kind(value)) == expected


@given(st.binary(max_size=200))
def test_any_octets_get_silence_or_a_response(datagram: bytes) -> None:
    """No error leaves the responder, whatever comes."""
    for address in FLEET.addresses:
        assert isinstance(Responder().respond(datagram, address, FLEET, AT.timestamp()), bytes | None)


@given(
    requests,
    st.lists(st.tuples(st.integers(0, 400), ODD_OCTETS), max_size=4),
    st.one_of(st.none(), st.integers(0, 400)),
)
def test_a_request_with_octets_changed_or_cut_off_gets_silence_or_a_response(
    datagram: bytes, changes: list[tuple[int, int]], end: int | None
) -> None:
    """What is answered is a response of the protocol; no error leaves the responder."""
    mutated = bytearray(datagram)
    for place, octet in changes:
        mutated[place % len(mutated)] = octet
    sent = bytes(mutated if end is None else mutated[: end % len(mutated)])
    responder = Responder()
    for address in FLEET.addresses:
        answer = responder.respond(sent, address, FLEET, AT.timestamp())
        if answer is not None:
            assert answer[0] == ber.SEQUENCE
            assert ber.inside(ber.SEQUENCE, answer, 0, len(answer))[1] == len(answer)


@given(st.integers(1, 4))
def test_a_length_may_have_more_octets_than_it_needs(size: int) -> None:
    """BER allows it, and some managers do it."""
    content = encoded(1, GET, ["1.3.6.1.2.1.1.5.0"])[2:]
    padded = bytes((0x30, 0x80 + size)) + len(content).to_bytes(size, "big") + content
    assert Responder().respond(padded, "127.0.0.10", FLEET, AT.timestamp()) is not None


def test_what_strangers_ask_for_does_not_pile_up() -> None:
    """Lists of names are kept for those who ask again, a bounded number of bounded ones."""
    responder = Responder()
    for number in range(2_500):
        responder.respond(encoded(1, GET, [f"1.3.6.1.{number}"]), "127.0.0.10", FLEET, AT.timestamp())
    responder.respond(encoded(1, GET, ["1.3.6.1.2.1.1.5.0"] * 1_000), "127.0.0.10", FLEET, AT.timestamp())
    assert 0 < len(responder._names) <= 1_000
    assert max(map(len, responder._names)) < 5_000
