"""Meeting a printer for the first time, whatever its agent is like."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.errors import GEN_ERR, AgentError
from esolutions_client.snmp.pdus import Reply, Request, Value, run
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.layout import Layout
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

LIFE_COUNT = "1.3.6.1.2.1.43.10.2.1.4.1.1"
Rows = dict[str, Value]
Now = Callable[[], datetime]


def meet(agent: Callable[[Request], Reply], now: Now, version: str = "2c") -> Identified:
    """Identify a printer by asking a function."""
    return run(identify(now=now, version=version), agent)


def without(rows: Rows, *beginnings: str) -> Rows:
    """Return the rows outside these subtrees."""
    return {oid: value for oid, value in rows.items() if not oid.startswith(beginnings)}


def test_meters_are_the_lifetime_rows_of_all_roles_by_name(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Resettable and service counters are never read; a name or a value alone is no meter; the printer comes first."""
    reading = meet(agents.obliging(xerox), now).reading
    assert {meter.name: meter.value for meter in reading.meters} == {
        "Total Impressions": 30_734,
        "Color Impressions": 734,
        "Black Impressions": 30_000,
        "Sheets": 20_000,
        "Black Copied Impressions": 555,
    }
    assert {meter.source for meter in reading.meters} == {"xcmi"}
    units = {meter.name: meter.unit for meter in reading.meters}
    assert (units["Sheets"], units["Total Impressions"]) == ("sheets", "impressions")


def test_the_rollover_value_is_found_by_name(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Detail type 232 says after which value a meter starts again; other meters have none."""
    meters = {meter.name: meter for meter in meet(agents.obliging(xerox), now).reading.meters}
    assert meters["Total Impressions"].rollover_at == 999_999
    assert meters["Sheets"].rollover_at is None


def test_the_life_count_is_a_labelled_fallback(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """It differs from Total Impressions on real machines, so it never takes that name."""
    rows = without(xerox, "1.3.6.1.4.1.253.8.53.13.")
    meters = meet(agents.obliging(rows), now).reading.meters
    assert [(meter.name, meter.value, meter.unit, meter.source, meter.oid) for meter in meters] == [
        ("Marker Life Count", 30_745, "impressions", "printer-mib", LIFE_COUNT)
    ]


def test_who_the_printer_is(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Serial number, vendor and model, and the state at the moment of the first meeting."""
    reading = meet(agents.obliging(xerox), now).reading
    assert (reading.serial_number, reading.vendor, reading.model) == ("ABC123456", "Xerox", "AltaLink C8045")
    assert (reading.status, reading.conditions) == ("idle", ("low-toner",))
    assert reading.read_at == now()


@pytest.mark.parametrize("row", ["0", "1", "7"])
def test_the_serial_number_is_found_in_any_row(xerox: Rows, agents: SimpleNamespace, now: Now, row: str) -> None:
    """HrDeviceIndex is not 1 everywhere; some agents answer .0."""
    rows = without(xerox, "1.3.6.1.2.1.43.5.") | {f"1.3.6.1.2.1.43.5.1.1.17.{row}": b"XYZ987654"}
    assert meet(agents.obliging(rows), now).reading.serial_number == "XYZ987654"


def test_the_xerox_serial_number_stands_in(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Where the Printer-MIB holds none or an empty one, the Xerox tree may hold the same number."""
    rows = xerox | {"1.3.6.1.2.1.43.5.1.1.17.1": b"\0", "1.3.6.1.4.1.253.8.53.3.2.1.3.1": b"ABC123456"}
    assert meet(agents.obliging(rows), now).reading.serial_number == "ABC123456"


def test_hardware_addresses_are_those_of_the_machine(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Not of a loopback, not zeros, not of a group, and in the same order whichever interface comes first."""
    column = "1.3.6.1.2.1.2.2.1.6"
    shown = [b"", bytes(6), b"\x01\x00\x5e\x00\x00\x01", 7, b"\x02\xbb\xbb\xbb\xbb\xbb", b"\x02\xaa\xaa\xaa\xaa\xaa"]
    rows = xerox | {f"{column}.{index}": value for index, value in enumerate(shown, start=1)}
    layout = meet(agents.obliging(rows), now).layout
    assert layout.hardware_addresses == ("02aaaaaaaaaa", "02bbbbbbbbbb")
    assert Layout.from_json(layout.to_json()) == layout
    assert not [oid for oid in layout.oids if oid.startswith(column)]
    assert meet(agents.obliging(xerox), now).layout.hardware_addresses == ()


def test_supplies_carry_colours_clean_names_and_states(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Cartridge serial numbers are gone, equal names are made distinct, sentinels are states."""
    supplies = meet(agents.obliging(xerox), now).reading.supplies
    assert [
        (s.index, s.name, s.type, s.colorant, s.unit, s.capacity, s.level, s.percent, s.state) for s in supplies
    ] == [
        (1, "Black Toner", "toner", "black", "impressions", 5300, 1060, 20, "low"),
        (2, "Cyan Toner", "toner", "cyan", "impressions", 3000, 1980, 66, "ok"),
        (5, "Drum Cartridge", "opc", None, "percent", 100, 50, 50, "ok"),
        (6, "Drum Cartridge 2", "opc", None, "percent", 100, None, None, "unknown"),
        (10, "Waste Toner Container", "waste-toner", None, "percent", None, None, None, "some-remaining"),
    ]


def test_the_owners_name_place_and_contact_are_never_asked_for(
    xerox: Rows, agents: SimpleNamespace, now: Now, canary: str
) -> None:
    """No request names them, and nothing that is kept contains them."""
    asked: list[str] = []

    def listening(request: Request) -> Reply:
        asked.extend(getattr(request, "oids", None) or (request.oid,))  # type: ignore[union-attr]
        return agents.obliging(xerox)(request)  # type: ignore[no-any-return]

    met = meet(listening, now)
    assert not [oid for oid in asked if oid.startswith(("1.3.6.1.2.1.1.4", "1.3.6.1.2.1.1.5", "1.3.6.1.2.1.1.6"))]
    assert canary not in met.layout.to_json() + str(met.reading)


@pytest.mark.parametrize("quirk", ["deaf_to_get", "circling", "version_1", 1, 3, 9])
def test_an_agents_quirks_do_not_change_the_reading(
    xerox: Rows, agents: SimpleNamespace, now: Now, quirk: str | int
) -> None:
    """GET fails but a walk works, walks circle, no GETBULK, answers that do not fit: the numbers are the same."""
    expected = meet(agents.obliging(xerox), now).reading
    wrap = agents.too_big_beyond(quirk) if isinstance(quirk, int) else getattr(agents, quirk)
    reading = meet(wrap(agents.obliging(xerox)), now, version="1" if quirk == "version_1" else "2c").reading
    assert (reading.meters, reading.supplies) == (expected.meters, expected.supplies)
    assert reading.serial_number == expected.serial_number


def test_an_endless_walk_ends(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """An agent whose tables never end is answered with a bounded number of requests, and with a reading."""
    count = 0

    def counting(request: Request) -> Reply:
        nonlocal count
        count += 1
        assert count < 2_000
        return agents.endless(None)(request)  # type: ignore[no-any-return]

    assert meet(counting, now).reading.serial_number is None


def test_a_bad_supply_row_never_blocks_the_meters(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """Rows with holes and numbers that are text leave the rest as it is."""
    rows = without(xerox, "1.3.6.1.2.1.43.11.1.1.6.1.2", "1.3.6.1.2.1.43.11.1.1.8.1.5") | {
        "1.3.6.1.2.1.43.11.1.1.9.1.1": b"many"
    }
    reading = meet(agents.obliging(rows), now).reading
    assert len(reading.meters) == 5
    assert {s.index: (s.name, s.capacity, s.level, s.state) for s in reading.supplies} == {
        1: ("Black Toner", 5300, None, "unknown"),
        2: ("Supply 2", 3000, 1980, "ok"),
        5: ("Drum Cartridge", None, 50, "ok"),
        6: ("Drum Cartridge 2", 100, None, "unknown"),
        10: ("Waste Toner Container", None, None, "some-remaining"),
    }


@pytest.mark.parametrize("column", [6, 8])
def test_half_a_table_of_meters_is_no_reading(xerox: Rows, agents: SimpleNamespace, now: Now, column: int) -> None:
    """An agent that fails in the middle of its meters is asked again later; the rest would be billed as all."""
    failing = f"1.3.6.1.4.1.253.8.53.13.2.1.{column}.1.20.33"

    def agent(request: Request) -> Reply:
        rows = agents.obliging(xerox)(request)
        if any(row[0] == failing for row in rows if isinstance(row, tuple)):
            raise AgentError(GEN_ERR)
        return rows  # type: ignore[no-any-return]

    with pytest.raises(AgentError):
        meet(agent, now)


def test_a_negative_counter_is_no_reading(xerox: Rows, agents: SimpleNamespace, now: Now) -> None:
    """An agent with a signed overflow shows no value rather than a wrong one."""
    rows = xerox | {"1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1": -5}
    meters = meet(agents.obliging(rows), now).reading.meters
    assert {meter.name: meter.value for meter in meters}["Total Impressions"] is None


def test_a_toshiba_is_known_by_its_enterprise_number(agents: SimpleNamespace, now: Now) -> None:
    """Its description need not begin with its name."""
    rows: Rows = {
        "1.3.6.1.2.1.1.1.0": b"e-STUDIO3005AC",
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.1129.2.3.45.1",
        "1.3.6.1.2.1.43.5.1.1.17.1": b"ABC123456",
    }
    reading = meet(agents.obliging(rows), now).reading
    assert (reading.vendor, reading.model) == ("TOSHIBA", "e-STUDIO3005AC")


def test_no_xerox_machine_that_is_known_has_a_version_behind_its_model(
    recordings: Path, agents: SimpleNamespace, now: Now
) -> None:
    """Every row of the public table of object ids, with firmware behind the name as machines write it."""
    table = (recordings.parent / "tables" / "sysobject.ids.xerox.tsv").read_text(encoding="utf-8")
    rows = [fields for line in table.splitlines() if len(fields := line.split("\t")) > 3]
    assert len(rows) > 200
    for object_id, _, _, model, *_ in some(rows):
        described = f"Xerox {model}; System 1.3.7.P, OS 8.2, Eng 11.58.00"
        walk: Rows = {
            "1.3.6.1.2.1.1.1.0": described.encode(),
            "1.3.6.1.2.1.1.2.0": f"1.3.6.1.4.1.{object_id}",
        }
        reading = meet(agents.obliging(walk), now).reading
        assert reading.vendor == "Xerox"
        assert reading.model is not None
        assert model.startswith(reading.model)
        assert not re.search(r"\bv\d|;|\d\.\d|System$", reading.model.removesuffix("Enterprise Printing System"))
