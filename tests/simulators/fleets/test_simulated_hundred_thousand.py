"""A hundred thousand printers on one port, and what 500 of them say on it."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.mib.row import NULL, Value
from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.snmp import PrinterServer
from esolutions_simulators.snmp.fast.codec.message import GET, NEXT
from tests.simulators.support.pysnmp_messages import decoded, encoded
from tests.support.seen import some

INSTALLED = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
PRINTERS, ASKED = 100_000, 500
# Those that any decoder takes: the octets of odd encodings are compared elsewhere.
MODELS = [name for name in model_names() if not load_model(name).encoded]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FleetDirectory, PrinterServer]]:
    """Serve all printers, in two processes."""
    directory = FleetDirectory(tmp_path_factory.mktemp("fleet"))
    fleet = build_fleet(PRINTERS, MODELS, seed=5, installed_at=INSTALLED)
    directory.create(fleet, INSTALLED).close()
    with PrinterServer(directory, port=0, processes=2, fleet=fleet) as server:
        yield directory, server


def spoken(value: Any) -> Value:
    """Return what a value that pysnmp has read is in an agent; None for an exception in its place."""
    tag = value.tagSet[0]
    if tag.tagClass == 0x80:
        return None
    if tag.tagClass == 0 and tag.tagId == 5:
        return NULL
    if tag.tagClass == 0 and tag.tagId == 6:
        return str(value)
    octets = hasattr(value, "asOctets")
    return bytes(value.asOctets()) if octets else int(value)


def expected(agent: SimulatedAgent | PrintServerAgent, kind: int, names: list[str], at: float, version: str) -> Any:
    """Return the status and the variables of the response that the agent gives in this process."""
    try:
        if kind == NEXT:
            return 0, agent.get_next(names, at, version=version)
        values = agent.get(names, at, version=version)
    except TooBig:
        return 1, []
    except NoSuchName:
        return 2, None
    return 0, None if values is None else list(zip(names, values, strict=True))


@pytest.mark.wire
@pytest.mark.slow
def test_of_a_hundred_thousand_printers_each_says_on_udp_what_its_agent_says(
    served: tuple[FleetDirectory, PrinterServer],
) -> None:
    """Every model, at several moments in office hours: names, values, and what is refused."""
    directory, server = served
    fleet, random = directory.read(), Random(11)
    compared = 0
    with directory.clock() as clock, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(10)
        for printer in some(random.sample(fleet.printers, ASKED)):
            moment = INSTALLED + timedelta(days=random.randrange(900), hours=random.randrange(10))
            clock.set(moment)
            at = moment.timestamp()
            agent = fleet.agent_at(printer.address, at)
            assert agent is not None
            version = "1" if "v1-only" in agent.printer.model.quirks else "2c"
            rows = [oid for oid, _, _ in SimulatedAgent(printer).rows_at(at)]
            names = random.sample(rows, min(len(rows), random.choice([1, 8, 40])))
            kind = random.choice([GET, GET, NEXT])
            manager.sendto(encoded(version == "2c", kind, names), (printer.address, server.port))
            answer, source = manager.recvfrom(65_535)
            assert source == (printer.address, server.port)
            _, status, _, variables = decoded(version == "2c", answer)
            expected_status, expected_variables = expected(agent, kind, names, at, version)
            assert status == expected_status, (printer.model.name, names)
            if expected_variables is not None:
                assert [(name, spoken(value)) for name, value in variables] == expected_variables
                compared += len(variables)
    server.check()
    assert compared > ASKED
