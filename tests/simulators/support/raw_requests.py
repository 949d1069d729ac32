"""Requests as they come from managers good and bad, each by a name that says what is odd about it."""

from collections.abc import Iterator

from tests.simulators.support.datagrams import (
    BULK,
    GET,
    INFORM,
    NEXT,
    NULL,
    REPORT,
    REQUEST_ID,
    RESPONSE,
    SET,
    TRAP_1,
    TRAP_2,
    V1,
    V2C,
    arcs,
    endless_tlv,
    integer,
    long_tlv,
    message,
    pdu,
    tlv,
    variable,
)

DESCRIPTION = "1.3.6.1.2.1.1.1.0"
UPTIME = "1.3.6.1.2.1.1.3.0"
SERIAL = "1.3.6.1.2.1.43.5.1.1.17.1"
METER = "1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1"
NAMES = {
    "a text": DESCRIPTION,
    "ticks": UPTIME,
    "a serial number": SERIAL,
    "a meter": METER,
    "an address": "1.3.6.1.2.1.4.20.1.1.127.0.0.10",
    "an object without instance": "1.3.6.1.2.1.1.1",
    "an instance that is not there": "1.3.6.1.2.1.1.1.1",
    "an instance below one": "1.3.6.1.2.1.1.1.0.0",
    "a row that is not there": "1.3.6.1.2.1.43.11.1.1.9.1.99",
    "a tree that is not there": "1.3.6.1.2.1.99.1.0",
    "another maker's tree": "1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3.0",
    "the root": "1.3",
    "nothing": "0.0",
    "what lies behind all": "1.3.6.1.4.1.253.9",
    "joint-iso": "2.999.3",
    "the largest number": "1.3.6.1.2.1.1.4294967295",
}
VERSIONS = {"v1": V1, "v2c": V2C}
PLAIN = pdu(GET, [DESCRIPTION])


def raw_requests() -> Iterator[tuple[str, bytes]]:
    """Yield every request with its name."""
    for version, number in VERSIONS.items():
        for name, body in (*_of_one(), *_of_many(), *_writing(), *_large()):
            yield f"{version}, {name}", message(body, version=number)
    for name, body in (*_bulk(), *_kinds()):
        yield f"v2c, {name}", message(body)
    for kind in (BULK, INFORM, TRAP_2, REPORT, TRAP_1, RESPONSE):
        yield f"v1, PDU {kind:#x}", message(pdu(kind, [DESCRIPTION], 0, 1), version=V1)
    yield from _callers()
    yield from _framing()
    yield from _numbers()
    yield from _variables()


def _of_one() -> Iterator[tuple[str, bytes]]:
    for kind, called in ((GET, "GET"), (NEXT, "GETNEXT")):
        for name, oid in NAMES.items():
            yield f"{called} of {name}", pdu(kind, [oid])


def _of_many() -> Iterator[tuple[str, bytes]]:
    for kind, called in ((GET, "GET"), (NEXT, "GETNEXT")):
        yield f"{called} of none", pdu(kind, [])
        yield f"{called} of three", pdu(kind, [DESCRIPTION, SERIAL, METER])
        yield f"{called} of one twice", pdu(kind, [DESCRIPTION, DESCRIPTION])
        yield f"{called} of one and nothing", pdu(kind, [DESCRIPTION, "1.3.6.1.4.1.253.9", SERIAL])
        yield f"{called} with values", pdu(kind, [DESCRIPTION], value=tlv(4, b"old"))
        yield f"{called} with a number", pdu(kind, [DESCRIPTION], value=integer(5))
        yield f"{called} with an error in it", pdu(kind, [DESCRIPTION], 5, 1)


def _writing() -> Iterator[tuple[str, bytes]]:
    yield "SET of a text", pdu(SET, [DESCRIPTION], value=tlv(4, b"new"))
    yield "SET of a text to NULL", pdu(SET, [DESCRIPTION])
    yield "SET of a number to a text", pdu(SET, [METER], value=tlv(4, b"new"))
    yield "SET of what is not there", pdu(SET, ["1.3.6.1.2.1.99.1.0"], value=integer(1))
    yield "SET of two", pdu(SET, [DESCRIPTION, METER], value=integer(1))
    yield "SET of none", pdu(SET, [])


def _large() -> Iterator[tuple[str, bytes]]:
    yield "GET of 900 texts", pdu(GET, [DESCRIPTION] * 900)
    yield "GETNEXT of 900 texts", pdu(NEXT, ["1.3.6.1.2.1.1"] * 900)


def _bulk() -> Iterator[tuple[str, bytes]]:
    system = "1.3.6.1.2.1.1"
    largest, least = 2**31 - 1, -(2**31)
    pairs = [(0, 0), (0, 1), (0, 5), (1, 0), (1, 5), (9, 5), (-1, 1), (0, -1), (-5, -5), (largest, 5), (least, least)]
    for singles, repetitions in pairs:
        yield f"GETBULK {singles} {repetitions} of one", pdu(BULK, [system], singles, repetitions)
    for singles, repetitions in [(0, 0), (0, 3), (1, 3), (2, 3), (1, -1), (0, largest)]:
        called = f"GETBULK {singles} {repetitions} of two"
        yield called, pdu(BULK, ["1.3.6.1.2.1.1.5", "1.3.6.1.4.1.253.8.53.13.2.1.6"], singles, repetitions)
    yield "GETBULK of none", pdu(BULK, [], 0, 10)
    yield "GETBULK 1 10 of none", pdu(BULK, [], 1, 10)
    yield "GETBULK up to the end", pdu(BULK, ["1.3.6.1.4.1.253.8.53.13.2.1.8.1.104"], 0, 5)
    yield "GETBULK behind the end", pdu(BULK, ["1.3.6.1.4.1.253.9"], 0, 5)
    yield "GETBULK of one that ends and one that goes on", pdu(BULK, ["1.3.6.1.4.1.253.9", system], 0, 3)
    yield "GETBULK of all", pdu(BULK, ["1.3"], 0, 1_000)


def _kinds() -> Iterator[tuple[str, bytes]]:
    for kind in (RESPONSE, TRAP_1, TRAP_2, REPORT, 0xA9, 0xAF, 0xBF, 0x30, 0x04):
        yield f"PDU {kind:#x}", pdu(kind, [DESCRIPTION])


def _callers() -> Iterator[tuple[str, bytes]]:
    for version, number in VERSIONS.items():
        for community in (b"private", b"", b"publi", b"public\x00", b"PUBLIC", b"\xff\xfe", b"p" * 500):
            yield f"{version}, community {community[:20]!r}", message(PLAIN, version=number, community=community)
        yield f"{version}, SET of a stranger", message(pdu(SET, [DESCRIPTION]), version=number, community=b"private")
    for number in (2, 3, 4, 9, 127, -1):
        yield f"version {number}", message(PLAIN, version=number)


def _framing() -> Iterator[tuple[str, bytes]]:
    whole = message(PLAIN)
    front = integer(V2C) + tlv(4, b"public")
    yield "a long length of the message", long_tlv(0x30, front, PLAIN)
    yield "a length of one octet more", long_tlv(0x30, front, PLAIN, octets=1)
    yield "a length of five octets", long_tlv(0x30, front, PLAIN, octets=5)
    yield "a long length of the community", tlv(0x30, integer(V2C), long_tlv(4, b"public"), PLAIN)
    yield "a long length of the variables", _with_list(long_tlv(0x30, variable(DESCRIPTION)))
    yield "a long length of a name", _with_list(tlv(0x30, tlv(0x30, long_tlv(6, arcs(DESCRIPTION)), NULL)))
    yield "a long length of NULL", _with_list(tlv(0x30, tlv(0x30, tlv(6, arcs(DESCRIPTION)), b"\x05\x81\x00")))
    yield "an endless message", endless_tlv(0x30, front, PLAIN)
    yield "endless variables", _with_list(endless_tlv(0x30, variable(DESCRIPTION)))
    yield "octets behind the message", whole + b"behind"
    yield "octets behind the PDU", tlv(0x30, front, PLAIN, b"\x05\x00")
    yield "octets behind the variables", _with_list(tlv(0x30, variable(DESCRIPTION)), b"\x05\x00")
    yield "a message that is a SET of ASN.1", b"\x31" + whole[1:]
    yield "a community that is no text", tlv(0x30, integer(V2C), tlv(2, b"public"), PLAIN)
    yield "a community in pieces", tlv(0x30, integer(V2C), tlv(0x24, tlv(4, b"public")), PLAIN)
    yield "a version that is a text", tlv(0x30, tlv(4, b"\x01"), tlv(4, b"public"), PLAIN)
    yield "variables that are a SET of ASN.1", _with_list(b"\x31" + tlv(0x30, variable(DESCRIPTION))[1:])
    yield "nothing at all", b""
    yield "garbage", b"garbage" * 9
    yield "an empty message", b"\x30\x00"
    yield "a message longer than it is", b"\x30\x84\xff\xff\xff\xff"
    for end in (1, 2, 5, 10, 15, 25, len(whole) - 1):
        yield f"cut off after {end} octets", whole[:end]


def _with_list(variables: bytes, behind: bytes = b"") -> bytes:
    return message(tlv(GET, integer(REQUEST_ID), integer(0), integer(0), variables, behind))


def _numbers() -> Iterator[tuple[str, bytes]]:
    variables = tlv(0x30, variable(DESCRIPTION))
    for called, number in {
        "of 4 octets for 7": integer(7, 4),
        "of 5 octets for 7": integer(7, 5),
        "of 9 octets for 7": integer(7, 9),
        "of -1": integer(-1),
        "of 2^31 - 1": integer(2**31 - 1),
        "of -2^31": integer(-(2**31)),
        "of 2^31": integer(2**31),
        "of 2^40": integer(2**40),
        "without octets": b"\x02\x00",
        "that is a text": tlv(4, b"\x07"),
        "that is a gauge": tlv(0x42, b"\x07"),
    }.items():
        yield f"a request-id {called}", message(tlv(GET, number, integer(0), integer(0), variables))
    yield "a version of 4 octets", tlv(0x30, integer(V2C, 4), tlv(4, b"public"), PLAIN)
    yield "a version without octets", tlv(0x30, b"\x02\x00", tlv(4, b"public"), PLAIN)
    repetitions = (integer(3, 4), integer(2**40), b"\x02\x00")
    for called, number in zip(("of 4 octets", "of 2^40", "without octets"), repetitions, strict=True):
        body = tlv(BULK, integer(REQUEST_ID), integer(0), number, tlv(0x30, variable("1.3.6.1.2.1.1")))
        yield f"max-repetitions {called}", message(body)


def _variables() -> Iterator[tuple[str, bytes]]:
    name = tlv(6, arcs(DESCRIPTION))
    for called, inside in {
        "without a value": name,
        "without a name": NULL,
        "with two values": name + NULL + NULL,
        "whose name is empty": tlv(6) + NULL,
        "whose name is one number": tlv(6, b"\x2b") + NULL,
        "whose name is cut off": tlv(6, arcs(DESCRIPTION)[:-1] + b"\x81") + NULL,
        "whose name has a padded number": tlv(6, b"\x2b\x06\x01\x02\x01\x80\x01\x01\x00") + NULL,
        "whose name has a number of 33 bits": tlv(6, b"\x2b\x06\x01\x02\x01\x90\x80\x80\x80\x00") + NULL,
        "whose name has 128 numbers": tlv(6, b"\x2b" + bytes([1]) * 126) + NULL,
        "whose name has 129 numbers": tlv(6, b"\x2b" + bytes([1]) * 127) + NULL,
        "whose name is a text": tlv(4, arcs(DESCRIPTION)) + NULL,
        "whose value is noSuchObject": name + b"\x80\x00",
        "whose value is a sequence": name + tlv(0x30, NULL),
        "whose value is of an unknown type": name + tlv(0x4F, b"x"),
        "whose value is longer than it": name + b"\x04\x05x",
        "whose NULL has octets": name + b"\x05\x01x",
        "whose number has no octets": name + b"\x02\x00",
        "whose number has 5 octets": name + tlv(2, b"\x01" * 5),
        "whose counter is a Counter64": name + tlv(0x46, b"\x01"),
    }.items():
        yield f"a variable {called}", _with_list(tlv(0x30, tlv(0x30, inside)))
    yield "a variable that is a SET of ASN.1", _with_list(tlv(0x30, tlv(0x31, name, NULL)))
    yield "a variable in pieces", _with_list(tlv(0x30, variable(DESCRIPTION), b"\x30"))
