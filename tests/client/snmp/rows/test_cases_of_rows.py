"""Small cases after public reports: what each printer shows, from its file and from an agent that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.read_once import meet_walk, read_printer, read_walk

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_client.readings import PrinterReading

Now = Callable[[], datetime]

WASTE = "01-waste-receptacle-full"
MASKED = ("30-serial-default-XXXXXXXXXX", "30b-same-serial-first", "30c-same-serial-second")
TWO = "34-two-printers-one-server"
NULL_SUPPLY = "36-null-row-inside-column"
NULL_METER = "37-null-xcmi-row-in-the-middle"
LOW = "44-brother-low-only-in-error-state"
ALL = (WASTE, *MASKED, TWO, NULL_SUPPLY, NULL_METER, LOW)


@pytest.fixture
def shown(cases: Path, now: Now) -> Callable[[str], PrinterReading]:
    """Read a case from its file."""
    return lambda name: read_walk(cases / f"{name}.snmprec", now=now)


def test_a_receptacle_without_space_is_full_and_never_empty(shown: Callable[[str], PrinterReading]) -> None:
    """RFC 3805: the level of a receptacle is the space left, and its percentage runs that way."""
    supplies = {s.name: s for s in shown(WASTE).supplies}
    toner, *boxes = (supplies[name] for name in ("TK-5370K", *(f"Waste Toner Box{x}" for x in ("", " B", " C"))))
    assert (toner.supply_class, toner.state, toner.percent_in_words) == ("consumed", "ok", "80 % left")
    assert [box.supply_class for box in boxes] == ["receptacle"] * 3
    assert [box.state for box in boxes] == ["full", "ok", "some-remaining"]
    assert [box.percent_in_words for box in boxes] == ["0 % space", "100 % space", None]


@pytest.mark.parametrize("name", MASKED)
def test_a_mask_is_no_serial_number(shown: Callable[[str], PrinterReading], name: str) -> None:
    """What a family shows after its memory was reset is not a number of any printer; its meters are read."""
    reading = shown(name)
    assert reading.as_json()["serial_number"] is None
    assert reading.meters[0].value in (1200, 31_000, 32_000)


def test_two_printers_behind_one_agent_are_read_one_by_one(cases: Path, now: Now) -> None:
    """Serial number, meters and supplies are of one of them; it is said that there is another."""
    first = meet_walk(cases / f"{TWO}.snmprec", now=now)
    second = meet_walk(cases / f"{TWO}.snmprec", now=now, device_index=2)
    assert (first.reading.serial_number, second.reading.serial_number) == ("AAA111111", "BBB222222")
    assert [[meter.value for meter in x.reading.meters] for x in (first, second)] == [[1000], [777_000]]
    assert [[supply.level for supply in x.reading.supplies] for x in (first, second)] == [[50], [3]]
    assert [[supply.name for supply in x.reading.supplies] for x in (first, second)] == [["Black"], ["Black"]]
    assert (first.others, second.others) == ({2: "BBB222222"}, {1: "AAA111111"})


def test_supplies_behind_a_null_are_there(shown: Callable[[str], PrinterReading]) -> None:
    """A NULL is skipped, the column goes on; a level below any sentinel is unknown."""
    listed = [(s.name, s.type, s.level, s.state) for s in shown(NULL_SUPPLY).supplies]
    assert listed == [
        ("Toner Cartridge", "toner", 50, "ok"),
        ("Supply 2", "toner", None, "unknown"),
        ("Fuser", "fuser", 90, "ok"),
        ("Transfer Roller", "transfer-unit", None, "unknown"),
    ]


def test_meters_behind_a_null_are_there(shown: Callable[[str], PrinterReading]) -> None:
    """The billing meters are all read, and no other counter takes their place."""
    assert [(m.name, m.value, m.source) for m in shown(NULL_METER).meters] == [
        ("Total Impressions", 9000, "xcmi"),
        ("Black Printed Impressions", 6000, "xcmi"),
        ("Color Impressions", 3000, "xcmi"),
        ("Black Impressions", 6000, "xcmi"),
    ]


def test_the_printer_says_that_its_toner_is_low(shown: Callable[[str], PrinterReading]) -> None:
    """Its levels do not: they only say that some is left. The text of its alert stays where it is."""
    document: dict[str, Any] = shown(LOW).as_json()
    assert document["conditions"] == ["low-toner"]
    assert {supply["state"] for supply in document["supplies"]} == {"some-remaining"}
    assert "Toner Low: BK" not in str(document)


@pytest.mark.wire
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("engine", [NativePort, PysnmpPort])
def test_a_served_case_shows_what_its_file_shows(
    cases: Path, case_agents: tuple[str, int], now: Now, name: str, engine: Callable[[], SnmpPort]
) -> None:
    """Over UDP as from the file, by either engine: NULLs, masks and indexes arrive as they are."""
    host, port = case_agents
    reading = read_printer(engine(), Target(host, port, community=name), now=now)
    expected = read_walk(cases / f"{name}.snmprec", now=now)
    assert replace(reading, read_at=expected.read_at) == expected
