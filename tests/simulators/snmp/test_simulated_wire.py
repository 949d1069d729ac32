"""Printers answer on real UDP what their agents answer in memory."""

import asyncio
import socket
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyasn1.codec.ber import encoder  # type: ignore[import-untyped]

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.models import load_model
from esolutions_simulators.snmp import EngineName, PrinterServer, PrinterServerError
from tests.support.seen import some

with warnings.catch_warnings():
    # pysnmp 7.1 imports from pysmi what pysmi has renamed.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.hlapi.v1arch import asyncio as snmp
    from pysnmp.proto import api

pytestmark = pytest.mark.wire

DAY = timedelta(days=1)
DESCRIPTION = "1.3.6.1.2.1.1.1.0"
METER = "1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1"
MODELS = ["nominal", "quirk-too-big", "quirk-v1-only", "quirk-odd-text"]


class WirePrinters:
    """Four printers on the wire, the folder that says what they are, and a manager that asks them."""

    def __init__(self, directory: FleetDirectory, fleet: Fleet, server: PrinterServer) -> None:
        self.directory, self.fleet, self.server = directory, fleet, server
        self.clock = directory.clock()

    def ask(
        self, printer: int, oids: list[str], *, command: Any = snmp.get_cmd, community: str = "public", version: int = 1
    ) -> tuple[str, list[tuple[str, Any]]]:
        """Return the error, if any, and the variables of one request."""
        error, rows = asyncio.run(self._ask(printer, oids, command, snmp.CommunityData(community, mpModel=version)))
        return error, rows

    async def _ask(self, printer: int, oids: list[str], command: Any, community: Any) -> Any:
        dispatcher = snmp.SnmpDispatcher()
        where = (self.server.addresses[printer], self.server.port)
        target = await snmp.UdpTransportTarget.create(where, timeout=0.5, retries=0)
        amounts = (0, 10) if command is snmp.bulk_cmd else ()
        asked = [(oid, snmp.Null("")) for oid in oids]
        indication, status, _, variables = await command(dispatcher, community, target, *amounts, *asked)
        dispatcher.close()
        return str(indication or (status or "")), [(str(name), value) for name, value in variables]


def raw_answer(server: PrinterServer, oids: list[str], version: int, kind: str) -> bytes:
    """Return the datagram that answers a request: what pysnmp's decoder would not let through."""
    module = api.PROTOCOL_MODULES[version]
    pdu = getattr(module, kind)()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_varbinds(pdu, [(oid, module.Null("")) for oid in oids])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, "public")
    module.apiMessage.set_pdu(message, pdu)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(5)
        manager.sendto(encoder.encode(message), (server.addresses[0], server.port))
        return manager.recv(65_535)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, engine: EngineName
) -> Iterator[tuple[FleetDirectory, PrinterServer]]:
    """Serve one printer of each of MODELS for all tests of this file."""
    directory = FleetDirectory(tmp_path_factory.mktemp("fleet"))
    moment = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
    directory.create(build_fleet(4, MODELS, installed_at=moment), moment).close()
    with PrinterServer(directory, port=0, spare_communities=["secret"], engine=engine) as server:
        yield directory, server


@pytest.fixture
def office(served: tuple[FleetDirectory, PrinterServer], installed_at: datetime) -> Iterator[WirePrinters]:
    """Put the fleet and the clock back as they were."""
    directory, server = served
    fleet = build_fleet(4, MODELS, installed_at=installed_at)
    directory.write(fleet)
    office = WirePrinters(directory, fleet, server)
    office.clock.set(installed_at)
    yield office
    office.clock.close()
    server.check()


@pytest.mark.parametrize("printer", [0, 3])
def test_a_walk_over_udp_finds_every_row_with_its_type(
    office: WirePrinters, installed_at: datetime, printer: int
) -> None:
    """Name, ASN.1 tag and octets are those of the agent in memory."""
    agent = office.fleet.agents[printer]
    walked: list[tuple[str, Any]] = []
    while not walked or walked[-1][1].tagSet[0].tagId != 2 or walked[-1][1].tagSet[0].tagClass != 128:
        error, rows = office.ask(printer, [walked[-1][0] if walked else "1.3.6"], command=snmp.bulk_cmd)
        assert not error
        walked += rows
    ended = next(place for place, (_, value) in enumerate(walked) if value.tagSet[0].tagClass == 128)
    for (name, value), (oid, syntax, expected) in some(
        zip(walked[:ended], agent.rows_at(installed_at.timestamp()), strict=True)
    ):
        assert name == oid
        assert value.tagSet[0].tagClass + value.tagSet[0].tagId == syntax
        kind: Any = type(expected)
        assert (value.asOctets() if kind is bytes else kind(value)) == expected


def test_the_counters_follow_the_clock_of_another_process(office: WirePrinters, installed_at: datetime) -> None:
    """The clock is moved here; the printers in the other process have moved with it."""
    printer = office.fleet.printers[0]
    for day in (0, 40, 3):
        office.clock.set(installed_at + day * DAY)
        _, variables = office.ask(0, [METER])
        assert int(variables[0][1]) == printer.counters_at(installed_at + day * DAY)["Total Impressions"]


def test_an_outage_and_its_end_are_seen_at_once(office: WirePrinters, installed_at: datetime) -> None:
    """Off means no answer at all, while the neighbour answers; on again means an answer."""
    printer = office.fleet.printers[0]
    printer.power_off(installed_at + DAY)
    printer.power_on(installed_at + 2 * DAY)
    office.directory.write(office.fleet)
    for day, is_silent in ((0, False), (1, True), (2, False)):
        office.clock.set(installed_at + day * DAY)
        error, _ = office.ask(0, [DESCRIPTION])
        assert ("No SNMP response" in error) is is_silent
        assert office.ask(3, [DESCRIPTION])[0] == ""


def test_a_replacement_is_seen_at_once(office: WirePrinters, installed_at: datetime) -> None:
    """The serial number at the address is the new one."""
    office.fleet.printers[0].replace(installed_at, "XYZ987654", 3)
    office.directory.write(office.fleet)
    _, variables = office.ask(0, ["1.3.6.1.2.1.43.5.1.1.17.1"])
    assert variables[0][1].asOctets() == b"XYZ987654"


def test_only_the_community_of_the_moment_is_heard(office: WirePrinters, installed_at: datetime) -> None:
    """A changed community silences those who do not know it."""
    office.fleet.printers[0].change_community(installed_at, "secret")
    office.directory.write(office.fleet)
    assert "No SNMP response" in office.ask(0, [DESCRIPTION])[0]
    assert office.ask(0, [DESCRIPTION], community="secret")[0] == ""
    assert "No SNMP response" in office.ask(3, [DESCRIPTION], community="never-heard-of")[0]


def test_too_big_and_version_1_are_what_they_are_in_memory(office: WirePrinters) -> None:
    """Nine variables are too many for one model; another has not heard of version 2c."""
    assert office.ask(1, [DESCRIPTION] * 9)[0] == "tooBig"
    assert office.ask(1, [DESCRIPTION], command=snmp.bulk_cmd)[0] == "tooBig"
    assert office.ask(1, [DESCRIPTION] * 8)[0] == ""
    assert "No SNMP response" in office.ask(2, [DESCRIPTION])[0]
    assert office.ask(2, [DESCRIPTION], version=0)[0] == ""
    assert office.ask(2, [METER], version=0)[0] == "noSuchName"


def test_a_missing_variable_does_not_spoil_the_others(office: WirePrinters) -> None:
    """GET gives noSuchInstance in its place, GETNEXT the next row."""
    error, variables = office.ask(0, ["1.3.6.1.2.1.99.1.0", METER])
    assert error == ""
    assert variables[0][1].tagSet[0].tagClass == 128
    assert variables[1][1].tagSet[0].tagClass == 0
    assert office.ask(0, ["1.3.6.1.2.1.1"], command=snmp.next_cmd)[1][0][0] == DESCRIPTION


@pytest.mark.parametrize("version", [0, 1])
def test_values_cross_the_wire_as_the_octets_that_a_model_gives(
    tmp_path: Path, installed_at: datetime, engine: EngineName, version: int
) -> None:
    """Right or wrong, in both versions, by GET and by GETNEXT, between values that are encoded rightly."""
    directory = FleetDirectory(tmp_path)
    fleet = build_fleet(1, "quirk-odd-encoding", installed_at=installed_at)
    rows = load_model("quirk-odd-encoding").encoded
    # After 250 days the uptime is above 2^31.
    directory.create(fleet, installed_at + 250 * DAY).close()
    with PrinterServer(directory, port=0, engine=engine) as server:
        asked = [*(oid for oid, _ in rows), "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.7.0"]
        got = raw_answer(server, asked, version, "GetRequestPDU")
        walked = raw_answer(server, ["1.3.6.1.2.1.25.3.2.1.5.1", "1.3.6.1.2.1.1.6.0"], version, "GetNextRequestPDU")
    for _, octets in some(rows):
        assert octets in got
    assert b"\x43\x04" + (250 * 86_400 * 100).to_bytes(4, "big") + b"\x30" in got
    assert got.endswith(b"\x02\x01\x48")
    assert rows[0][1] + b"\x30" in walked
    assert walked.endswith(b"\x02\x01\x48")


@pytest.mark.parametrize(("engine", "processes"), [("fast", 1), ("fast", 2), ("fast", 3), ("snmpsim", 2)])
def test_many_printers_are_served_by_several_processes(
    tmp_path: Path, installed_at: datetime, engine: EngineName, processes: int
) -> None:
    """Each of 27 printers answers with its own serial number; snmpsim has a process for 25 of them."""
    directory = FleetDirectory(tmp_path)
    fleet = build_fleet(27, "nominal", installed_at=installed_at)
    directory.create(fleet, installed_at).close()
    shared = processes if engine == "fast" else 1
    with PrinterServer(directory, port=0, engine=engine, processes=shared) as server:
        office = WirePrinters(directory, fleet, server)
        assert len(server._processes) == processes
        for number, printer in some(enumerate(fleet)):
            _, variables = office.ask(number, ["1.3.6.1.2.1.43.5.1.1.17.1"])
            assert variables[0][1].asOctets() == printer.serial.encode()
        office.clock.close()


def test_a_responder_that_dies_is_noticed_with_its_last_words(
    tmp_path: Path, installed_at: datetime, engine: EngineName
) -> None:
    """check() raises, and leaving the context still cleans up."""
    directory = FleetDirectory(tmp_path)
    directory.create(build_fleet(1, installed_at=installed_at), installed_at).close()
    with PrinterServer(directory, port=0, engine=engine) as server:
        server.check()
        server._processes[0].kill()
        server._processes[0].wait()
        with pytest.raises(PrinterServerError, match="has ended"):
            server.check()
    assert server._processes == []


def test_a_responder_that_cannot_start_says_why(tmp_path: Path, installed_at: datetime, engine: EngineName) -> None:
    """A fleet that vanishes before the responder reads it is an error of start(), not a silence."""
    directory = FleetDirectory(tmp_path)
    directory.create(build_fleet(1, installed_at=installed_at), installed_at).close()
    server = PrinterServer(directory, port=0, engine=engine)
    directory.clock_path.unlink()
    with pytest.raises(PrinterServerError, match=r"does not answer(.|\n)*cannot open the fleet"):
        server.start()


def test_a_fleet_that_cannot_be_read_ends_the_responder(
    tmp_path: Path, installed_at: datetime, engine: EngineName
) -> None:
    """A broken printer does not look like one without variables: there is no answer, and check() says why."""
    directory = FleetDirectory(tmp_path)
    fleet = build_fleet(1, installed_at=installed_at)
    directory.create(fleet, installed_at).close()
    with PrinterServer(directory, port=0, engine=engine) as server:
        office = WirePrinters(directory, fleet, server)
        directory.fleet_path.write_text("{", encoding="utf-8")
        office.clock.bump()
        assert "No SNMP response" in office.ask(0, [DESCRIPTION])[0]
        server._processes[0].wait()
        with pytest.raises(PrinterServerError, match=r"holds no fleet: Expecting property name") as raised:
            server.check()
        assert "Traceback" not in str(raised.value)
        assert "Fatal" not in str(raised.value)
        office.clock.close()
