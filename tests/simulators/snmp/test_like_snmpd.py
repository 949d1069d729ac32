"""Printers answer raw requests octet for octet as net-snmp's snmpd does over the same rows, or as an RFC has it."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.mib.oids import TREES
from esolutions_simulators.snmp import EngineName, PrinterServer
from esolutions_simulators.usm.engine import engine_at
from tests.simulators.support.datagrams import GET, REPORT, integer, message, tlv
from tests.simulators.support.managers import NOBODY, Manager
from tests.simulators.support.raw_requests import raw_requests
from tests.simulators.support.secure_requests import HIDDEN, LEVELS, PROVEN, USERS, secure_requests
from tests.simulators.support.snmpd import snmpd
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.support.secure_requests import Make
    from tests.support.system import Require

pytestmark = pytest.mark.wire

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
NOW = AT + timedelta(hours=5)
VIEW = ["rocommunity public 127.0.0.1 -V printer", *(f"view printer included .{tree}" for tree in TREES)]
SNMPD_USERS = [
    "createUser reader",
    f'createUser prover SHA "{PROVEN.auth_password}"',
    f'createUser meter SHA-256 "{HIDDEN.auth_password}" AES "{HIDDEN.priv_password}"',
    "rouser reader noauth -V printer",
    "rouser prover auth -V printer",
    "rouser meter priv -V printer",
]
# How long snmpd may take for the largest of them: it asks a program for each row.
WAIT_S = 10.0
AFTER = 0x11223344

TOO_BIG_FOR_A_DATAGRAM = (
    "RFC 3416, 4.2.1: if the size would be greater than what the sender takes, an alternate Response-PDU is generated, "
    "with an error-status of tooBig; RFC 1157, 4.1.2, has the same. snmpd is silent."
)
NO_PADDING = (
    "RFC 1157, 4.1: it performs a rudimentary parse of the datagram to build an ASN.1 object corresponding to a "
    "Message; if the parse fails, it discards the datagram. A Message and a PDU have no further fields (section 4)."
)
NUMBER_OF_32_BITS = (
    "RFC 3416, 3: request-id INTEGER (-214783648..214783647), max-repetitions INTEGER (0..max-bindings)."
)
NO_HANDLER = (
    "RFC 3412, 4.2.2.1 (2): if no application has registered for this contextEngineID and pduType, "
    "snmpUnknownPDUHandlers is reported. snmpd answers for any engine."
)
# What printers answer otherwise, on purpose, with the sentence that asks for it.
OTHERWISE = {
    "v1, GET of 900 texts": TOO_BIG_FOR_A_DATAGRAM,
    "v1, GETNEXT of 900 texts": TOO_BIG_FOR_A_DATAGRAM,
    "v2c, GET of 900 texts": TOO_BIG_FOR_A_DATAGRAM,
    "v2c, GETNEXT of 900 texts": TOO_BIG_FOR_A_DATAGRAM,
    "v1, SET of a text to NULL": (
        "RFC 1157, 4.1.5 (1): if the object is not available for set operations, noSuchName; before (2), badValue."
    ),
    "v2c, SET of a text to NULL": (
        "RFC 3416, 4.2.5 (1): if access is denied because it is not in the appropriate MIB view, noAccess; before (3), "
        "which is wrongType."
    ),
    "v2c, GETBULK of one that ends and one that goes on": (
        "RFC 3416, 4.2.3: it may stop before max-repetitions where all variable bindings of one have the value "
        "endOfMibView; snmpd stops at the first one."
    ),
    "v1, PDU 0xa5": (
        "RFC 1157, 4.1: if the parse fails, it discards the datagram; of the PDUs of section 4.1.1 to 4.1.6 it is none."
    ),
    "octets behind the PDU": NO_PADDING,
    "octets behind the variables": NO_PADDING,
    "a request-id of 2^31": NUMBER_OF_32_BITS,
    "a request-id of 2^40": NUMBER_OF_32_BITS,
    "max-repetitions of 2^40": NUMBER_OF_32_BITS,
    "a variable whose name is empty": "X.690, 8.19.2: the contents octets are a list of one or more subidentifiers.",
    "a variable whose name has a padded number": (
        "X.690, 8.19.2: the leading octet of a subidentifier shall not have the value 0x80."
    ),
}


# What snmpsim answers otherwise besides: pyasn1 decodes it, by rules of its own, before anything of ours sees it.
BY_PYASN1 = {
    "an endless message",
    "endless variables",
    "octets behind the message",
    "a community in pieces",
    "a request-id of 9 octets for 7",
    "a request-id of -2^31",
    "a request-id without octets",
    "a version without octets",
    "max-repetitions without octets",
    "a variable whose name has a number of 33 bits",
    "a variable whose name has 129 numbers",
    "a variable whose NULL has octets",
    "a variable whose number has no octets",
    "a variable whose number has 5 octets",
}
# The same of version 3: at every level, and where the request can be read.
SECURELY_OTHERWISE = {
    "a context": "RFC 3413, 3.2: if the context is not known, snmpUnknownContexts is reported. snmpd is silent.",
    "another engine's context": NO_HANDLER,
    "no engine's context": NO_HANDLER,
    "a GET that does not fit": "RFC 3416, 4.2.1: tooBig comes with an empty variable-bindings field.",
}
IN_PLAIN_OTHERWISE = {
    "an engine of 33 octets": "RFC 3412, 7.1 (3): the report has the request-id of the request, if that can be read.",
}


@pytest.fixture(scope="module")
def requests() -> dict[str, bytes]:
    """All raw requests of versions 1 and 2c, by name."""
    named = list(raw_requests())
    assert len(dict(named)) == len(named) >= 113
    return dict(named)


@pytest.fixture
def fleet(tmp_path: Path) -> FleetDirectory:
    """Write a printer whose clock stands."""
    directory = FleetDirectory(tmp_path / "fleet")
    fleet = build_fleet(1, "nominal", installed_at=AT)
    fleet.printers[0].users = USERS
    directory.create(fleet, NOW).close()
    return directory


@pytest.fixture
def reference(fleet: FleetDirectory, tmp_path: Path, require: Require) -> Iterator[tuple[str, int]]:
    """Serve the same rows by snmpd."""
    (agent,) = fleet.read().agents
    engine = engine_at(agent.printer, NOW.timestamp())
    lines = [*VIEW, *SNMPD_USERS, f"exactEngineID 0x{engine.id.hex()}"]
    with snmpd(require("snmpd"), agent.rows_at(NOW.timestamp()), TREES, lines, tmp_path) as where:
        yield where


def answer(where: tuple[str, int], datagram: bytes) -> bytes | None:
    """Return what comes back, or None.

    Behind it goes a request that is answered in any case: a responder takes one after the other.
    """
    after = message(tlv(GET, integer(AFTER), integer(0), integer(0), tlv(0x30)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(WAIT_S)
        manager.connect(where)
        manager.send(datagram)
        manager.send(after)
        first = manager.recv(65_535)
        if integer(AFTER) in first:
            return None
        manager.recv(65_535)
        return first


def secure_answer(where: tuple[str, int], manager: Manager, make: Make) -> object:
    """Return all that comes back to a message of version 3 but the engine's time, what follows from it, and counts."""
    nobody = Manager(NOBODY)
    found = nobody.read(answer(where, nobody.message()))
    assert found
    manager = manager.knowing(found[0])
    reply = manager.read(answer(where, make(manager)))
    if reply is None:
        return None
    header, scoped = reply
    is_report = scoped.pdu[0] == REPORT
    return replace(header, time=0, salt=bytes(len(header.salt))), replace(
        scoped, pdu=scoped.pdu[:-1] if is_report else scoped.pdu
    )


def test_raw_requests_are_answered_as_snmpd_answers_them(
    fleet: FleetDirectory, reference: tuple[str, int], requests: dict[str, bytes], engine: EngineName
) -> None:
    """Octet for octet, silence for silence; those that are not are the ones that are listed, and no others."""
    with PrinterServer(fleet, port=0, engine=engine) as server:
        ours = {name: answer((server.addresses[0], server.port), request) for name, request in some(requests.items())}
    theirs = {name: answer(reference, request) for name, request in some(requests.items())}
    unlike = {name for name in some(requests) if ours[name] != theirs[name]}
    assert unlike == set(OTHERWISE) | (BY_PYASN1 if engine == "snmpsim" else set())
    # Both answer a good part of them, and leave a good part unanswered.
    assert all(30 < sum(answer is None for answer in found.values()) < len(found) - 100 for found in (ours, theirs))


def test_raw_requests_of_version_3_are_answered_as_snmpd_answers_them(
    fleet: FleetDirectory, reference: tuple[str, int], engine: EngineName
) -> None:
    """Header and PDU, report and silence; the engine's id, boots and users are the same at both."""
    unlike, silent, seen = set(), 0, 0
    with PrinterServer(fleet, port=0, engine=engine) as server:
        for name, manager, make in some(secure_requests()):
            ours = secure_answer((server.addresses[0], server.port), manager, make)
            theirs = secure_answer(reference, manager, make)
            unlike |= {name} if ours != theirs else set()
            silent, seen = silent + (ours is None), seen + 1
    expected = {f"{level}, {name}" for level in LEVELS for name in SECURELY_OTHERWISE}
    expected |= {f"{level}, {name}" for level in ("public", "proven") for name in IN_PLAIN_OTHERWISE}
    assert unlike == expected
    assert 10 < silent < seen - 50
