"""Printers of a large fleet answer on real UDP, octet for octet, as each of them would alone in this process."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.models import model_names
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.printers.printer_json import printer_from_json, printer_to_json
from esolutions_simulators.snmp import PrinterServer
from esolutions_simulators.snmp.fast.responder import Responder
from tests.simulators.support.datagrams import BULK, GET, NEXT, V1, V2C, message, pdu
from tests.support.seen import some

pytestmark = [pytest.mark.wire, pytest.mark.slow]

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
NOW = AT + timedelta(days=57, hours=3)
PRINTERS, SAMPLED = 20_000, 500
AFTER = "1.3.6.1.2.1.1.2.0"
SERIAL, TOTAL = "1.3.6.1.2.1.43.5.1.1.17.1", "1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1"
# What a manager asks a printer that it does not know.
ASKED = [
    message(pdu(GET, ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", SERIAL, TOTAL])),
    message(pdu(GET, [SERIAL, TOTAL]), version=V1),
    message(pdu(NEXT, ["1.3.6.1.2.1.43.11.1.1.9", "1.3.6.1.2.1.43.18.1.1", "1.3.6.1.4.1.253.8.53.13.2.1.8"])),
    message(pdu(BULK, ["1.3.6.1.2.1.43.11.1.1"], 0, 60)),
    message(pdu(BULK, ["1.3.6.1.4.1.253.8.53.13.2.1.6"], 0, 40)),
]


class Served:
    """A large fleet on UDP, and the printers that were drawn from it."""

    def __init__(self, fleet: Fleet, server: PrinterServer) -> None:
        self.fleet, self.server = fleet, server
        self.sample = Random(26).sample(fleet.printers, SAMPLED)

    def ask(self, printer: SimulatedPrinter, datagram: bytes) -> bytes | None:
        """Return the answer; None where a later request is answered before it."""
        version = V1 if "v1-only" in printer.model.quirks else V2C
        after = message(pdu(GET, [AFTER]), version=version)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
            manager.settimeout(10)
            manager.connect((printer.address, self.server.port))
            manager.send(datagram)
            manager.send(after)
            first, ours = manager.recv(65_535), alone(printer, after)
            return None if first == ours else first


def alone(printer: SimulatedPrinter, datagram: bytes) -> bytes | None:
    """Return what is answered for a printer made anew from its definition, with nobody beside it."""
    fleet = Fleet([printer_from_json(printer_to_json(printer))])
    return Responder().respond(datagram, printer.address, fleet, NOW.timestamp())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve printers of every model that stands alone."""
    directory = FleetDirectory(tmp_path_factory.mktemp("fleet"))
    fleet = build_fleet(PRINTERS, [name for name in model_names() if name != "quirk-two-printers"], installed_at=AT)
    directory.create(fleet, NOW).close()
    with PrinterServer(directory, port=0, fleet=fleet) as server:
        yield Served(fleet, server)
        server.check()


def test_sampled_printers_answer_as_each_would_alone(served: Served) -> None:
    """Whatever they have in common: table, template and names belong to many, the answer to one."""
    answered = 0
    for printer, datagram in some(product(served.sample, ASKED)):
        got = served.ask(printer, datagram)
        assert got == alone(printer, datagram), printer_to_json(printer)
        answered += got is not None
    assert answered > SAMPLED * len(ASKED) * 0.8


def test_each_sampled_printer_shows_its_own_serial_number_and_counters(served: Served) -> None:
    """As its agent does in this process, and as no other does."""
    seen: set[bytes] = set()
    asked = message(pdu(BULK, ["1.3.6.1.2.1.43.5.1.1.16"], 0, 3))
    for printer in some(served.sample):
        model = printer.model
        if "printer-mib" in model.serial_in and not model.masked_serial and "v1-only" not in model.quirks:
            got = served.ask(printer, asked) or b""
            assert printer.serial.encode() in got
            assert not [other for other in seen if other in got]
            seen.add(printer.serial.encode())
    assert len(seen) > SAMPLED * 0.5
