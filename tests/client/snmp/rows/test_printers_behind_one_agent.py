"""Two printers behind one agent are two printers: what is one's is never the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.errors import LayoutChangedError, SnmpError
from esolutions_client.snmp.pdus import Unreadable, Value, run
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.replay import ReplayPort
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.layout import steady
from esolutions_client.snmp.search.discovery import discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Rows = dict[str, Value]
PRINTER = "1.3.6.1.2.1.25.3.1.5"
SERIAL = "1.3.6.1.2.1.43.5.1.1.17"
LIFE = "1.3.6.1.2.1.43.10.2.1.4"
SUPPLIES = "1.3.6.1.2.1.43.11.1.1"
XCMI = "1.3.6.1.4.1.253.8.53.13.2.1"


def test_rows_that_are_no_devices_are_no_printers(server: Rows, now: Callable[[], datetime]) -> None:
    """An hrDeviceIndex is one number (RFC 2790): what a broken table has beside that spoils nothing."""
    met = run(identify(now=now), ReplayPort(server).answer)
    debris: Rows = {f"1.3.6.1.2.1.25.3.2.1.2.{suffix}": PRINTER for suffix in ("0.0", "1.7", "2.0.0.0")}
    assert run(identify(now=now), ReplayPort(server | debris).answer) == met


@pytest.fixture
def server() -> Rows:
    """A print server with two printers, as cheap ones were."""
    rows: Rows = {
        "1.3.6.1.2.1.1.1.0": b"HP JETDIRECT EX",
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.11.2.3.9.1",
        "1.3.6.1.2.1.1.3.0": 123456,
    }
    for index, serial, count, level, error in (
        (1, b"AAA111111", 1000, 50, b"\0"),
        (2, b"BBB222222", 777_000, 3, b"\x20"),
    ):
        rows |= {
            f"1.3.6.1.2.1.25.3.2.1.2.{index}": PRINTER,
            f"1.3.6.1.2.1.25.3.2.1.3.{index}": b"Printer %d" % index,
            f"1.3.6.1.2.1.25.3.5.1.2.{index}": error,
            f"{SERIAL}.{index}": serial,
            f"{LIFE}.{index}.1": count,
            f"{SUPPLIES}.4.{index}.1": 3,
            f"{SUPPLIES}.6.{index}.1": b"Black",
            f"{SUPPLIES}.8.{index}.1": 100,
            f"{SUPPLIES}.9.{index}.1": level,
            f"1.3.6.1.2.1.43.18.1.1.7.{index}.1": 1100 + index,
        }
    return rows


def met(rows: Rows, now: Callable[[], datetime], **which: object) -> Identified:
    """Identify one of them."""
    return run(identify(now=now, **which), ReplayPort(rows).answer)  # type: ignore[arg-type]


def test_each_printer_has_its_own_serial_meters_supplies_and_conditions(
    server: Rows, now: Callable[[], datetime]
) -> None:
    """The tables of the Printer-MIB are indexed by hrDeviceIndex."""
    first, second = met(server, now), met(server, now, device_index=2)
    for found, index, serial, count, level, says in (
        (first, 1, "AAA111111", 1000, 50, ("marker-toner-empty",)),
        (second, 2, "BBB222222", 777_000, 3, ("low-toner", "marker-ink-empty")),
    ):
        reading = found.reading
        assert (found.layout.device_index, reading.serial_number) == (index, serial)
        assert [(meter.name, meter.value) for meter in reading.meters] == [("Marker Life Count", count)]
        assert [(supply.name, supply.level) for supply in reading.supplies] == [("Black", level)]
        assert reading.conditions == says
    assert (first.others, second.others) == ({2: "BBB222222"}, {1: "AAA111111"})


def test_a_printer_is_known_by_its_serial_number_whatever_its_index(server: Rows, now: Callable[[], datetime]) -> None:
    """A serial number goes before an index, and an index before the first one."""
    assert met(server, now, serial_number="BBB222222").layout.device_index == 2
    assert met(server, now, serial_number="BBB222222", device_index=1).layout.device_index == 2
    assert met(server, now, serial_number="CCC333333", device_index=2).layout.device_index == 2
    assert met(server, now, serial_number="CCC333333").layout.device_index == 1


def test_a_poll_of_one_never_takes_the_rows_of_the_other(server: Rows, now: Callable[[], datetime]) -> None:
    """Where the second one is gone its rows are gone; the first one's are not read instead."""
    second = met(server, now, device_index=2)
    alone = {oid: value for oid, value in server.items() if not oid.startswith((f"{SERIAL}.2", f"{LIFE}.2"))}
    with pytest.raises(LayoutChangedError):
        run(steady(second.layout, second.poll), ReplayPort(alone).answer)


def test_discovery_lists_both(server: Rows, now: Callable[[], datetime]) -> None:
    """Each with its index, at the one address."""
    listed = [
        (found.target.host, found.outcome.layout.device_index, found.outcome.reading.serial_number)
        for found in discover(ReplayPort(server), [Target("192.0.2.1")], now=now)
        if not isinstance(found.outcome, SnmpError)
    ]
    assert listed == [("192.0.2.1", 1, "AAA111111"), ("192.0.2.1", 2, "BBB222222")]


def test_two_without_a_serial_number_are_still_two(server: Rows, now: Callable[[], datetime]) -> None:
    """Neither is taken for the other, and neither can be registered."""
    masked = server | {f"{SERIAL}.1": b"XXXXXXXXXX", f"{SERIAL}.2": b"XXXXXXXXXX"}
    first, second = met(masked, now), met(masked, now, device_index=2)
    assert (first.reading.serial_number, second.reading.serial_number) == (None, None)
    assert [found.reading.meters[0].value for found in (first, second)] == [1000, 777_000]


@pytest.mark.parametrize(
    "changed",
    [
        {f"{SERIAL}.2": None, f"{LIFE}.2.1": None, f"{SUPPLIES}.9.2.1": None},
        {f"{SERIAL}.2": b"AAA111111"},
        {"1.3.6.1.2.1.25.3.2.1.2.2": "1.3.6.1.4.1.253.8.52.2.102"},
        {"1.3.6.1.2.1.25.3.2.1.2.2": "1.3.6.1.2.1.25.3.1.4", f"{SERIAL}.2": b"NET000001"},
        {"1.3.6.1.2.1.25.3.2.1.2.2": None, f"{LIFE}.2.1": None},
    ],
    ids=["no rows of its own", "one serial twice", "a scanner", "a network card", "a part with a serial number"],
)
def test_a_device_that_is_no_second_printer_makes_none(
    server: Rows, now: Callable[[], datetime], changed: Rows
) -> None:
    """A machine lists its scanner, its network card and its parts, and some list themselves twice."""
    rows: Rows = {oid: value for oid, value in (server | changed).items() if value is not None}
    found = met(rows, now)
    assert found.others == {}
    assert found.reading.serial_number == "AAA111111"


def test_the_meters_of_the_scanner_and_the_copier_are_the_machines_own(
    xerox: Rows, now: Callable[[], datetime]
) -> None:
    """XCMI rows stand at 1, and at 10 to 14 or 102 to 104: one printer, and nothing of it is lost."""
    found = met(xerox, now)
    assert found.layout.device_index is None
    assert "Black Copied Impressions" in {meter.name for meter in found.reading.meters}


def test_a_second_printer_takes_nothing_of_the_first_ones_copier(xerox: Rows, now: Callable[[], datetime]) -> None:
    """Nothing says whose the copier is: it goes with the first."""
    rows = xerox | {
        "1.3.6.1.2.1.25.3.2.1.2.2": PRINTER,
        f"{SERIAL}.2": b"BBB222222",
        f"{LIFE}.2.1": 5,
        f"{XCMI}.6.2.20.1": 5,
        f"{XCMI}.8.2.20.1": b"Total Impressions",
    }
    first, second = met(rows, now).reading, met(rows, now, device_index=2).reading
    assert "Black Copied Impressions" in {meter.name for meter in first.meters}
    assert [(meter.name, meter.value) for meter in second.meters] == [("Total Impressions", 5)]


def test_a_serial_number_is_taken_from_the_next_place_that_has_one(xerox: Rows, now: Callable[[], datetime]) -> None:
    """A mask or a NULL is passed over: the next row, and then the Xerox tree."""
    tree = "1.3.6.1.4.1.253.8.53.3.2.1.3.1"
    for shown in (b"XXXXXXXXXX", Unreadable("NULL"), b"", 7):
        assert met(xerox | {f"{SERIAL}.1": shown, tree: b"ABC123456"}, now).reading.serial_number == "ABC123456"
        assert met(xerox | {f"{SERIAL}.1": shown, tree: b"0000000000"}, now).reading.serial_number is None
    assert met(xerox | {f"{SERIAL}.0": b"N/A"}, now).reading.serial_number == "ABC123456"
