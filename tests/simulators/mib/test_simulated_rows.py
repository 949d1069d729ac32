"""NULL in a table, a mask for a serial number, and two printers behind one address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.mib.row import NULL
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.printers.printer import SimulatedPrinter

INSTALLED = datetime(2026, 1, 1, tzinfo=UTC)
# 2026-01-06 is a day on which what is NULL by turns is NULL.
NULL_DAY = datetime(2026, 1, 6, 12, tzinfo=UTC)
OTHER_DAY = datetime(2026, 1, 7, 12, tzinfo=UTC)
XCMI = "1.3.6.1.4.1.253.8.53.13.2.1"
SERIAL = "1.3.6.1.2.1.43.5.1.1.17"
LIFE = "1.3.6.1.2.1.43.10.2.1.4"


@pytest.fixture
def office() -> Fleet:
    """A printer with a second one behind its print server, and one that stands alone."""
    models = ["mono-workgroup", "quirk-two-printers", "quirk-null-rows"]
    return build_fleet(3, models, installed_at=INSTALLED)


def test_a_null_row_is_there_and_what_follows_it_too() -> None:
    """A GET has it, a walk goes on behind it."""
    printer = SimulatedPrinter("quirk-null-rows", "ABC123456", 1, INSTALLED, "127.0.0.10")
    agent, at = SimulatedAgent(printer), OTHER_DAY.timestamp()
    assert agent.get([f"{XCMI}.6.1.20.29", f"{XCMI}.6.1.20.33"], at) == [
        NULL,
        printer.counters_at(OTHER_DAY)["Color Impressions"],
    ]
    assert [oid.rpartition(".")[2] for oid, _ in agent.get_bulk((f"{XCMI}.6",), at, max_repetitions=4) or ()] == [
        "1",
        "29",
        "33",
        "34",
    ]
    assert agent.get([f"{XCMI}.6.1.20.29"], at, version="1") == [NULL]


def test_a_meter_that_is_null_by_turns_is_not_shown_on_its_day_and_comes_back() -> None:
    """What the printer shows as truth leaves it out as long as nobody can read it."""
    printer = SimulatedPrinter("quirk-null-rows", "ABC123456", 1, INSTALLED, "127.0.0.10")
    agent, oid = SimulatedAgent(printer), f"{XCMI}.6.1.20.33"
    assert agent.get([oid], NULL_DAY.timestamp()) == [NULL]
    assert set(printer.counters_at(NULL_DAY)) == {"Total Impressions", "Black Impressions"}
    assert set(printer.counters_at(OTHER_DAY)) == {"Total Impressions", "Color Impressions", "Black Impressions"}
    assert agent.get([oid], OTHER_DAY.timestamp()) == [printer.counters_at(OTHER_DAY)["Color Impressions"]]


def test_a_mask_stands_where_the_serial_number_should() -> None:
    """The Printer-MIB shows it, Xerox's tree shows the number."""
    printer = SimulatedPrinter("quirk-placeholder-serial", "ABC123456", 1, INSTALLED, "127.0.0.10")
    shown = SimulatedAgent(printer).get([f"{SERIAL}.1", "1.3.6.1.4.1.253.8.53.3.2.1.3.1"], OTHER_DAY.timestamp())
    assert shown == [b"XXXXXXXXXX", b"ABC123456"]


def test_a_print_server_shows_the_rows_of_both(office: Fleet) -> None:
    """Each at an index of its own; a walk meets them in order."""
    first, second, alone = office
    assert first.address == second.address != alone.address
    agent, at = office.agent_at(first.address, OTHER_DAY.timestamp()), OTHER_DAY.timestamp()
    assert isinstance(agent, PrintServerAgent)
    serials = [first.serial.encode(), second.serial.encode()]
    assert agent.get([f"{SERIAL}.1", f"{SERIAL}.2", f"{SERIAL}.3"], at) == [*serials, None]
    assert agent.get_bulk((SERIAL,), at, max_repetitions=2) == [
        (f"{SERIAL}.1", serials[0]),
        (f"{SERIAL}.2", serials[1]),
    ]
    lives = agent.get([f"{LIFE}.2.1"], at)
    assert lives == [second.counters_at(OTHER_DAY)["prtMarkerLifeCount"]]
    with pytest.raises(NoSuchName):
        agent.get([f"{SERIAL}.2", f"{SERIAL}.3"], at, version="1")
    assert isinstance(office.agent_at(alone.address, at), SimulatedAgent)
    assert office.standing_at(first.address, at) == (first, second)


def test_a_printer_that_is_off_has_no_rows_at_its_print_server(office: Fleet) -> None:
    """The other one answers; where both are off, nothing does."""
    first, second, _ = office
    first.power_off(OTHER_DAY)
    at = (OTHER_DAY + timedelta(hours=1)).timestamp()
    agent = office.agent_at(first.address, at)
    assert agent is not None
    assert agent.get([f"{SERIAL}.1", f"{SERIAL}.2"], at) == [None, second.serial.encode()]
    second.power_off(OTHER_DAY)
    assert agent.get([f"{SERIAL}.2"], at) is None
    assert agent.get_bulk((SERIAL,), at, max_repetitions=2) is None


def test_a_print_server_takes_no_more_than_each_of_its_printers() -> None:
    """What one cannot answer at once the server cannot either."""
    fleet = build_fleet(2, ["quirk-too-big", "quirk-two-printers"], installed_at=INSTALLED)
    agent = fleet.agent_at(fleet.printers[0].address, OTHER_DAY.timestamp())
    assert agent is not None
    with pytest.raises(TooBig):
        agent.get_bulk((SERIAL,), OTHER_DAY.timestamp(), max_repetitions=100)


def test_two_printers_that_are_behind_no_other_cannot_share_an_address() -> None:
    """Nor can two second ones."""
    for model in ("mono-workgroup", "quirk-two-printers"):
        with pytest.raises(FleetError):
            Fleet(SimulatedPrinter(model, f"ABC12345{n}", n, INSTALLED, "127.0.0.10") for n in range(2))
    assert len({p.address for p in build_fleet(3, "quirk-two-printers", installed_at=INSTALLED)}) == 3
