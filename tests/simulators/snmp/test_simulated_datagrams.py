"""Whatever datagram comes to a printer on real UDP gets what the RFCs want, and nothing gets in by a back door."""

import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.snmp import EngineName, PrinterServer
from tests.simulators.support.datagrams import BULK, GET, NEXT, RESPONSE, SET, integer, tlv

pytestmark = pytest.mark.wire

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
ADDRESS = "127.0.0.10"
# 1.3.6.1.2.1.1.1.0 and the table it stands in
DESCRIPTION = bytes([0x2B, 6, 1, 2, 1, 1, 1, 0])
SYSTEM = DESCRIPTION[:-2]
TOO_BIG, NO_ACCESS = 1, 6
EVIL_COMMUNITIES = [
    "../../evil",
    "..",
    "index",
    "any",
    "nul\0inside",
    "CON",
    "long" * 500,
    "public.snmprec",
    "d\u00e9p\u00f4t \u65e5\u672c",
    " ",
    "5d41402abc4b2a76b9719d911017c592",
]


def request(kind: int, names: list[bytes], *numbers: int, community: str = "public", version: int = 1) -> bytes:
    """Encode a message; the numbers are error status and index, or GETBULK's own two."""
    variables = tlv(0x30, *(tlv(0x30, tlv(6, name), tlv(5)) for name in names))
    first, second = numbers or (0, 0)
    pdu = tlv(kind, integer(7), integer(first), integer(second), variables)
    return tlv(0x30, integer(version), tlv(4, community.encode()), pdu)


def empty(status: int = 0, index: int = 0) -> bytes:
    """Encode a response without variables."""
    return request(RESPONSE, [], status, index)


class Served:
    """A printer on UDP whose responder may complain of nothing."""

    def __init__(self, server: PrinterServer) -> None:
        self.server = server

    def ask(self, datagram: bytes) -> bytes | None:
        """Return what answers, or None where a later request is answered first."""
        after = request(GET, [DESCRIPTION, DESCRIPTION])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
            manager.settimeout(10)
            manager.connect((ADDRESS, self.server.port))
            manager.send(datagram)
            manager.send(after)
            answer = manager.recv(65_535)
            if answer.count(b"Xerox") == 2 and answer.count(DESCRIPTION) == 2:
                return None
            manager.recv(65_535)
            return answer

    @property
    def log(self) -> str:
        """What the responder has written on its stderr."""
        return self.server._logs[0].read_text()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, engine: EngineName) -> Iterator[Served]:
    """Serve one printer to all tests of this file."""
    directory = FleetDirectory(tmp_path_factory.mktemp("fleet"))
    directory.create(build_fleet(1, "nominal", installed_at=AT), AT).close()
    with PrinterServer(directory, port=0, engine=engine) as server:
        yield Served(server)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (request(BULK, [SYSTEM], 0, 0), empty()),
        (request(BULK, [], 0, 10), empty()),
        (request(BULK, [SYSTEM], 0, -10), empty()),
        (request(BULK, [SYSTEM], -(2**31), -(2**31)), empty()),
        (request(BULK, [SYSTEM], -1, 1), None),
        (request(BULK, [SYSTEM], 1, 0), None),
        (request(BULK, [SYSTEM], 2**31 - 1, 5), None),
        (request(GET, []), empty()),
        (request(NEXT, []), empty()),
        (request(SET, []), empty()),
        (request(SET, [DESCRIPTION]), request(RESPONSE, [DESCRIPTION], NO_ACCESS, 1)),
        (request(GET, [DESCRIPTION] * 900), empty(TOO_BIG)),
        (request(NEXT, [SYSTEM] * 900), empty(TOO_BIG)),
    ],
)
def test_requests_that_ask_for_little_or_much_are_answered(served: Served, asked: bytes, answer: bytes | None) -> None:
    """RFC 3416, sections 4.2.1 to 4.2.5; None stands for the one description of the printer."""
    got = served.ask(asked)
    assert got is not None
    assert got == answer if answer is not None else got.count(b"Xerox") == 1


@pytest.mark.parametrize(("names", "least", "most"), [(1, 89, 100), (3, 99, 110), (100, 100, 100), (900, 0, 0)])
def test_a_response_to_getbulk_is_bounded(served: Served, names: int, least: int, most: int) -> None:
    """However often a column is asked for, and however many there are: whole repetitions, of 100 variables together."""
    got = served.ask(request(BULK, [SYSTEM] * names, 0, 2**31 - 1))
    assert got is not None
    # Some values are OIDs themselves.
    assert least <= got.count(b"\x2b\x06\x01") <= most
    assert len(got) < 10_000


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"garbage" * 9,
        b"\x30\x00",
        b"\x30\x84\xff\xff\xff\xff",
        request(GET, [DESCRIPTION])[:-5],
        request(GET, [DESCRIPTION])[2:],
        request(GET, [b""]),
        request(BULK, [SYSTEM], 0, 10, version=0),
        request(BULK, [SYSTEM], 0, 2**40),
        request(RESPONSE, [SYSTEM]),
        *(request(kind, [SYSTEM]) for kind in (0xA4, 0xA6, 0xA7, 0xA8, 0xAF)),
        request(GET, [DESCRIPTION], version=3),
        request(GET, [DESCRIPTION], version=9),
        request(GET, [DESCRIPTION], community="private"),
        request(SET, [DESCRIPTION], community="private"),
    ],
)
def test_what_is_no_request_of_this_printer_is_dropped_without_a_traceback(served: Served, datagram: bytes) -> None:
    """The next request is answered, and the log says at most a line."""
    assert served.ask(datagram) is None
    served.server.check()
    assert "Traceback" not in served.log
    assert len(served.log) < 1_000


@pytest.mark.parametrize("community", ["esolutions-ready", "index", "", "any", "simulator"])
def test_there_is_no_community_but_the_printers(served: Served, community: str) -> None:
    """Neither for ourselves nor of snmpsim."""
    assert served.ask(request(GET, [DESCRIPTION], community=community)) is None
    assert served.ask(request(NEXT, [b"\x2b"], community=community)) is None


@pytest.mark.parametrize("context", ["", "public", "index"])
def test_snmpsims_stock_user_is_not_there(served: Served, context: str) -> None:
    """Nor does a printer tell a stranger the id of its engine: no simulated printer speaks version 3."""
    discovery = tlv(0x30, integer(7), integer(65_507), tlv(4, b"\x04"), integer(3))
    usm = tlv(0x30, tlv(4), integer(0), integer(0), tlv(4), tlv(4), tlv(4))
    scoped = tlv(0x30, tlv(4), tlv(4, context.encode()), tlv(GET, integer(7), integer(0), integer(0), tlv(0x30)))
    assert served.ask(tlv(0x30, integer(3), discovery, tlv(4, usm), scoped)) is None


def test_communities_are_names_and_never_paths(tmp_path: Path, engine: EngineName) -> None:
    """Each is heard as it stands, whatever it looks like, and no file is made of it."""
    directory = FleetDirectory(tmp_path / "fleet")
    communities = [str(tmp_path / "evil"), *EVIL_COMMUNITIES]
    fleet = build_fleet(1, "nominal", installed_at=AT, community=communities[0])
    directory.create(fleet, AT).close()
    with PrinterServer(directory, port=0, spare_communities=communities, engine=engine) as server:
        served = Served(server)
        folder = server._logs[0].parent.parent
        made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert made <= {"plan.json", "process-0/log.txt", "snmpsim-0/any.snmprec", *made_by_snmpsim(made)}
        for community in communities:
            fleet.printers[0].change_community(AT, community)
            directory.write(fleet)
            after = request(GET, [DESCRIPTION], community=community)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
                manager.settimeout(10)
                manager.sendto(after, (ADDRESS, server.port))
                assert b"Xerox" in manager.recv(65_535), community
        assert "Traceback" not in served.log
    assert {path.name for path in tmp_path.iterdir()} == {"fleet"}


def made_by_snmpsim(files: set[str]) -> set[str]:
    """Return snmpsim's own index of the one record file."""
    return {name for name in files if name.startswith("snmpsim-0/cache/") and "any" in name.rpartition("/")[2]}
