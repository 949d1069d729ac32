"""Printers answer raw requests octet for octet as net-snmp's snmpd does over the same rows, or as an RFC has it."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_simulators.fleet import FleetDirectory, build_fleet
from esolutions_simulators.mib.oids import TREES
from esolutions_simulators.snmp import EngineName, PrinterServer
from tests.simulators.support.datagrams import GET, integer, message, tlv
from tests.simulators.support.raw_requests import raw_requests
from tests.simulators.support.snmpd import snmpd
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.system import Require

pytestmark = pytest.mark.wire

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
NOW = AT + timedelta(hours=5)
VIEW = ["rocommunity public 127.0.0.1 -V printer", *(f"view printer included .{tree}" for tree in TREES)]
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
    directory.create(build_fleet(1, "nominal", installed_at=AT), NOW).close()
    return directory


@pytest.fixture
def reference(fleet: FleetDirectory, tmp_path: Path, require: Require) -> Iterator[tuple[str, int]]:
    """Serve the same rows by snmpd."""
    rows = fleet.read().agents[0].rows_at(NOW.timestamp())
    with snmpd(require("snmpd"), rows, TREES, VIEW, tmp_path) as where:
        yield where


def answers(where: tuple[str, int], requests: dict[str, bytes]) -> dict[str, bytes | None]:
    """Return what comes back to each request, or None.

    Behind each goes one that is answered in any case: a responder takes one after the other.
    """
    after = message(tlv(GET, integer(AFTER), integer(0), integer(0), tlv(0x30)))
    found: dict[str, bytes | None] = {}
    for name, datagram in some(requests.items()):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
            manager.settimeout(WAIT_S)
            manager.connect(where)
            manager.send(datagram)
            manager.send(after)
            first = manager.recv(65_535)
            is_silent = integer(AFTER) in first
            if not is_silent:
                manager.recv(65_535)
            found[name] = None if is_silent else first
    return found


@pytest.mark.parametrize("engine", ["fast"])
def test_raw_requests_are_answered_as_snmpd_answers_them(
    fleet: FleetDirectory, reference: tuple[str, int], requests: dict[str, bytes], engine: EngineName
) -> None:
    """Octet for octet, silence for silence; those that are not are the ones that are listed, and no others."""
    with PrinterServer(fleet, port=0, engine=engine) as server:
        ours = answers((server.addresses[0], server.port), requests)
    theirs = answers(reference, requests)
    unlike = {name for name in some(requests) if ours[name] != theirs[name]}
    assert unlike == set(OTHERWISE)
    # Both answer a good part of them, and leave a good part unanswered.
    assert all(30 < sum(answer is None for answer in found.values()) < len(found) - 100 for found in (ours, theirs))
