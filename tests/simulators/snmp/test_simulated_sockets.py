"""One socket hears all printers, each answers from its own address, and nobody beyond this machine is answered."""

import resource
import socket
import struct
from datetime import datetime
from pathlib import Path

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.snmp import PrinterServer, PrinterServerError
from esolutions_simulators.snmp.fast import engine, sockets
from tests.simulators.snmp.test_simulated_datagrams import DESCRIPTION, request
from tests.simulators.support.datagrams import GET
from tests.support.seen import some

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
LOOPBACK, OTHER = 1, 2
ASKED = request(GET, [DESCRIPTION])


def told(interface: int, address: str) -> list[tuple[int, int, bytes]]:
    """Return what the system tells of a datagram that came by an interface to an address."""
    octets = socket.inet_aton(address)
    return [(socket.IPPROTO_IP, 8, struct.pack("=i4s4s", interface, octets, octets))]


def test_what_comes_to_loopback_by_another_interface_came_to_nobody() -> None:
    """A machine that routes 127.0.0.0/8 from its network does not open its printers to it."""
    assert sockets.destination_of(told(LOOPBACK, "127.0.0.10"), LOOPBACK) == socket.inet_aton("127.0.0.10")
    assert sockets.destination_of(told(OTHER, "127.0.0.10"), LOOPBACK) is None
    assert sockets.destination_of(told(OTHER, "192.0.2.1"), LOOPBACK) == socket.inet_aton("192.0.2.1")
    assert sockets.destination_of([], LOOPBACK) is None


@pytest.mark.wire
@pytest.mark.skipif(not sockets.TELLS_DESTINATION, reason="there is a socket for each address here")
def test_printers_at_loopback_addresses_hear_the_loopback_device_alone() -> None:
    """The socket is bound to it, so that nothing is open to another machine; other printers hear all devices."""
    for is_loopback_only, device in ((True, b"lo"), (False, b"")):
        with sockets.bound_to_all(0, is_loopback_only=is_loopback_only) as listening:
            bound_to = listening.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)
            assert bound_to.rstrip(b"\0") == device


@pytest.mark.wire
@pytest.mark.parametrize("of_all", ["told", "not told"])
@pytest.mark.parametrize("processes", [1, 3])
def test_each_printer_answers_from_the_address_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int, of_all: str
) -> None:
    """By a socket for all and by one for each, in one process and in several; where no printer is, nothing answers."""
    monkeypatch.setattr(engine, "TELLS_DESTINATION", of_all == "told" and sockets.TELLS_DESTINATION)
    directory = FleetDirectory(tmp_path)
    directory.create(build_fleet(7, "nominal", installed_at=AT), AT).close()
    with (
        PrinterServer(directory, port=0, processes=processes) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager,
    ):
        manager.settimeout(10)
        for address in some(server.addresses):
            manager.sendto(ASKED, ("127.0.0.9", server.port))
            manager.sendto(ASKED, ("127.0.0.17", server.port))
            manager.sendto(ASKED, (address, server.port))
            answer, source = manager.recvfrom(65_535)
            assert source == (address, server.port)
            assert b"Xerox" in answer
        server.check()


@pytest.mark.wire
@pytest.mark.skipif(not sockets.TELLS_DESTINATION, reason="there is a socket for each address here")
def test_where_the_kernel_does_not_share_datagrams_there_is_a_socket_for_each_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several processes answer all the same."""

    def refuse(*_: object) -> None:
        raise OSError("no such option")

    monkeypatch.setattr(engine, "share_by_address", refuse)
    directory = FleetDirectory(tmp_path)
    directory.create(build_fleet(4, "nominal", installed_at=AT), AT).close()
    with (
        PrinterServer(directory, port=0, processes=2) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager,
    ):
        manager.settimeout(10)
        for address in some(server.addresses):
            manager.sendto(ASKED, (address, server.port))
            assert manager.recvfrom(65_535)[1] == (address, server.port)


@pytest.mark.wire
def test_a_port_that_is_taken_at_one_address_is_told_with_the_address(tmp_path: Path) -> None:
    """By whichever program; and nothing is left open."""
    directory = FleetDirectory(tmp_path)
    directory.create(build_fleet(3_000, "nominal", installed_at=AT), AT).close()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        # The last address of the fleet; no more files may be open than most systems let a program have.
        taken.bind(("127.0.11.193", 0))
        port = taken.getsockname()[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1_024, files[0]), files[1]))
        try:
            with pytest.raises(PrinterServerError, match=rf"cannot listen at 127\.0\.11\.193:{port}"):
                PrinterServer(directory, port=port).start()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, files)
    with PrinterServer(directory, port=port) as server:
        server.check()


@pytest.mark.wire
@pytest.mark.parametrize("processes", [1, 2])
def test_an_address_that_is_not_of_this_machine_is_refused(tmp_path: Path, processes: int) -> None:
    """Nothing would ever come to it."""
    directory = FleetDirectory(tmp_path)
    # RFC 5737: nobody has it.
    directory.create(build_fleet(2, "nominal", base_address="192.0.2.1", installed_at=AT), AT).close()
    with pytest.raises(PrinterServerError, match=r"cannot listen at 192\.0\.2\.1"):
        PrinterServer(directory, port=0, processes=processes).start()
