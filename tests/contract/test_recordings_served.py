"""The recordings that come with the printers read the same from snmpsim, over real UDP, as from their files."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.read_once import read_walk
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_simulators.fleets.building import addresses_from
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.recordings import recording_names, recording_path
from esolutions_simulators.snmp import PrinterServer
from esolutions_simulators.snmp.through_snmpsim.recordings import RecordingsEngine
from tests.simulators.support.datagrams import GET, message, pdu
from tests.simulators.support.managers import Manager
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.wire

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)


@contextmanager
def served(recordings: Sequence[Path], folder: Path) -> Iterator[PrinterServer]:
    """Serve recordings, each at an address of its own."""
    addresses = addresses_from("127.0.0.10", len(recordings))
    engine = RecordingsEngine(recordings)
    nobody = FleetDirectory(folder)
    with PrinterServer(nobody, port=0, spare_addresses=addresses, engine=engine, fleet=Fleet(())) as server:
        yield server


def test_the_recording_of_every_model_is_read_as_from_its_file(tmp_path: Path) -> None:
    """Meters, supplies and what cannot be read, in version 2c."""
    paths = [recording_path(name) for name in recording_names()]
    with served(paths, tmp_path) as server:
        tasks = [(Target(address, server.port), identify(now=lambda: AT)) for address in server.addresses]
        found = {index: outcome for batch in NativePort().converse(tasks) for index, outcome in batch}
    for index, path in some(enumerate(paths)):
        outcome = found[index]
        assert isinstance(outcome, Identified), (path.name, outcome)
        assert outcome.reading == read_walk(path, now=lambda: AT)


def test_a_recording_starts_no_program_and_opens_no_door(tmp_path: Path) -> None:
    """Variation modules of snmpsim run what a record says, and its index lists the records: here neither is there."""
    recording, evidence = tmp_path / "evil.snmprec", tmp_path / "was-here"
    recording.write_text(
        f"1.3.6.1.2.1.1.1.0|4|Harmless\n1.3.6.1.2.1.1.5.0|4:subprocess|/usr/bin/touch {evidence}\n", encoding="ascii"
    )
    with served([recording], tmp_path / "served") as server:
        where = (server.addresses[0], server.port)
        assert b"Harmless" in (asked(where, "1.3.6.1.2.1.1.1.0", "public") or b"")
        asked(where, "1.3.6.1.2.1.1.5.0", "public")
        assert asked(where, "1.3.6.1.2.1.1.1.0", "index") is None
        # Nor is there version 3, with the user that every snmpsim has.
        assert answer(where, Manager().message()) is None
        server.check()
    assert not evidence.exists()


def asked(where: tuple[str, int], oid: str, community: str) -> bytes | None:
    """Return the answer to a GET of one variable; None for none within a second."""
    return answer(where, message(pdu(GET, [oid]), community=community.encode()))


def answer(where: tuple[str, int], datagram: bytes) -> bytes | None:
    """Return what comes back within a second, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(1)
        manager.sendto(datagram, where)
        try:
            return manager.recv(65_535)
        except TimeoutError:
            return None
