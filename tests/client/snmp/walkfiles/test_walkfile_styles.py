"""What net-snmp prints by its options, and what gets between its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.pdus import Unreadable, Value
from esolutions_client.snmp.read_once import read_walk
from esolutions_client.snmp.walkfile import parse_walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

SERIAL = "1.3.6.1.2.1.43.5.1.1.17.1"
LIFE_COUNT = "1.3.6.1.2.1.43.10.2.1.4.1.1"
NAME = "1.3.6.1.2.1.43.11.1.1.6.1.1"
OTHER = "1.3.6.1.4.1.253.8.53.4.2.1.9.1"
UPTIME = "1.3.6.1.2.1.1.3.0"


def only(text: str) -> Value:
    """Return the value of the first row of a walk with a second row in it."""
    rows = parse_walk(f"{text}\n.1.3.9.9 = INTEGER: 1\n")
    rows.pop("1.3.9.9")
    (value,) = rows.values()
    return value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        (f".{UPTIME} = Timeticks: (123456) 0:20:34.56", 123456),
        (f".{UPTIME} = Timeticks: (123456789) 14 days, 6:56:07.89", 123456789),
        (f".{UPTIME} = 161500", 161500),
        (f".{UPTIME} = 0:0:20:34.56", 123456),
        (f".{UPTIME} 14:6:56:07.89", 123456789),
        (f".{UPTIME} = Timeticks: 0:20:34.56", 123456),
        (".1.3.6.1.2.1.25.3.5.1.1.1 = INTEGER: idle(3)", 3),
        (".1.3.6.1.2.1.25.3.5.1.1.1 = INTEGER: 3", 3),
        (".1.3.6.1.2.1.25.3.5.1.1.1 = 3", 3),
        (".1.3.6.1.2.1.25.3.5.1.1.1 = idle(3)", 3),
        (f".{LIFE_COUNT} = Counter32: 1200 impressions", 1200),
        (f".{LIFE_COUNT} = 1200 impressions", 1200),
        (f".{LIFE_COUNT} 1200", 1200),
        ("prtMarkerLifeCount.1.1 1200", 1200),
        ("Printer-MIB::prtMarkerLifeCount.1.1 1200 impressions", 1200),
        (f"  .{LIFE_COUNT}  =  Counter32: 1200  ", 1200),
        (f"> .{LIFE_COUNT} = Counter32: 1200\r", 1200),
        (f".{LIFE_COUNT} = Wrong Type (should be Counter32): INTEGER: 1200", 1200),
        (f".{LIFE_COUNT} = Opaque: Counter64: 1200", 1200),
        (f"\x1b[01;31m\x1b[K.{LIFE_COUNT}\x1b[m\x1b[K = Counter32: \x1b[1m1200\x1b[0m", 1200),
        (f'.{SERIAL} = STRING: "ABC123456"   ', b"ABC123456"),
        (f'.{SERIAL} "1234567890"', b"1234567890"),
        (f".{SERIAL} = 1234567890", b"1234567890"),
        (f".{SERIAL} = STRING: ABC123456", b"ABC123456"),
        (f".{SERIAL} = STRING:", b""),
        (f'.{SERIAL} = STRING: ""', b""),
        (f'.{SERIAL} = STRING: "a \\"b\\" \\\\"', b'a "b" \\'),
        (f'.{SERIAL} = "41 42 43 0A "', b"ABC\n"),
        (f".{NAME} = Hex-STRING: 00 C0 FF 43 CE 45   [...C.E]", b"\x00\xc0\xffC\xceE"),
        (f".{NAME} = Hex-STRING: 41 42   [AB]\n43 44   [CD]", b"ABCD"),
        (f'.{NAME} "41 42 \n43 44 "', b"ABCD"),
        (".1.3.6.1.2.1.2.2.1.6.1 = STRING: 0:c0:ff:43:ce:45", b"\x00\xc0\xffC\xceE"),
        (".1.3.6.1.2.1.2.2.1.6.1 = 0:c0:ff:43:ce:45", b"\x00\xc0\xffC\xceE"),
        (".1.3.6.1.2.1.4.20.1.1 = Network Address: C0:00:02:01", b"\xc0\x00\x02\x01"),
        (".1.3.6.1.2.1.4.20.1.1 = 192.0.2.1", b"\xc0\x00\x02\x01"),
        (".1.3.6.1.2.1.1.2.0 = .1.3.6.1.4.1.253", "1.3.6.1.4.1.253"),
        (".1.3.6.1.2.1.1.2.0 = OID: SNMPv2-SMI::enterprises.253", "1.3.6.1.4.1.253"),
        (".1.3.6.1.2.1.1.2.0 = enterprises.253", "1.3.6.1.4.1.253"),
        (".1.3.6.1.2.1.43.9 = BITS: A0 00 0 2 ", b"\xa0\x00"),
        (".1.3.6.1.2.1.43.9 = BITS: 00 20 10 ", b"\x00\x20"),
        (".1.3.6.1.2.1.43.9 = BITS: 00 20 outputFull(10)", b"\x00\x20"),
        (".1.3.6.1.2.1.43.9 = Gauge32: 5 hundredths of a percent", 5),
    ],
)
def test_a_value_is_read_in_whatever_style_it_is_printed(printed: str, value: Value) -> None:
    """-On with -Oe, -Ob, -OU, -OT, -Oq, -OQ, -Ot, -Ox: with and without type, unit, quotes and name."""
    assert only(printed) == value


@pytest.mark.parametrize(
    ("named", "oid"),
    [
        ("SNMPv2-MIB::sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("system.sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        (".iso.org.dod.internet.mgmt.mib-2.system.sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("RFC1213-MIB::sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("DISMAN-EVENT-MIB::sysUpTimeInstance", UPTIME),
        ("SNMPv2-SMI::mib-2.43.5.1.1.17.1", SERIAL),
        ("Printer-MIB::prtGeneralSerialNumber.1", SERIAL),
        ("Printer-MIB::prtMarkerLifeCount[1][1]", LIFE_COUNT),
        ("SNMPv2-SMI::enterprises.253.8.53.3.2.1.3.1", "1.3.6.1.4.1.253.8.53.3.2.1.3.1"),
        ("enterprises.253.8.53.3.2.1.3.1", "1.3.6.1.4.1.253.8.53.3.2.1.3.1"),
        ("HOST-RESOURCES-MIB::hrDeviceType.1", "1.3.6.1.2.1.25.3.2.1.2.1"),
        ("iso.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1.0"),
        ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1.0"),
    ],
)
def test_a_well_known_name_is_the_number_that_it_stands_for(named: str, oid: str) -> None:
    """Default output, -OS, -Os, -Ou, -Of and -OX, of the trees that are read."""
    assert parse_walk(f"{named} = STRING: x\n") == {oid: b"x"}


@pytest.mark.parametrize(
    "between",
    [
        "End of MIB",
        "Timeout: No Response from 192.0.2.10",
        "Error in packet.",
        "Reason: (genError) A general failure occured",
        "Failed object: .1.3.6.1.2.1.43.12",
        "Error: OID not increasing: .1.3.6.1.2.1.43.11.1.1.6.1.1\n >= .1.3.6.1.2.1.43.11.1.1.6.1.1",
        "Cannot find module (SNMPv2-MIB): At line 1 in (none)",
        "snmpwalk: Timeout",
        "user@host:~$ ",
        "[root@host tmp]# snmpwalk -v 2c -c public 192.0.2.10 .1",
        "PS C:\\Users\\me> snmpwalk.exe -v 1 -c public 192.0.2.10",
        "C:\\usr\\bin>",
        "^C",
        "",
    ],
)
@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ('STRING: "ABC123456"', b"ABC123456"),
        ("STRING: ABC123456", b"ABC123456"),
        ("Hex-STRING: 00 00 00 0B 00 00 ", b"\x00\x00\x00\x0b\x00\x00"),
        ("Counter32: 1200", 1200),
        ("1200", 1200),
        ("NULL", Unreadable("NULL")),
    ],
)
def test_a_message_of_the_tool_ends_the_value_before_it(printed: str, value: Value, between: str) -> None:
    """It is glued to no value, at the end of a file neither."""
    assert only(f".{OTHER} = {printed}\n{between}") == value
    assert parse_walk(f".1.3.9.9 = INTEGER: 1\n.{OTHER} = {printed}\n{between}\n")[OTHER] == value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ('STRING: "ABC123456"Timeout: No Response from 192.0.2.10', b"ABC123456"),
        ('STRING: "ABCTimeout: No Response from 192.0.2.10\n123456"', b"ABC123456"),
        ('STRING: "ABC123', Unreadable("a text without its closing quote")),
        ("STRING: ABCTimeout: No Response from 192.0.2.10", Unreadable("cut off by a message of the tool")),
        ("Timeout: No Response from 192.0.2.10", Unreadable("cut off by a message of the tool")),
        ("INTEGER: 12Timeout: No Response from 192.0.2.10\n00", Unreadable("a number that is none")),
        ("12Timeout: No Response from 192.0.2.10", Unreadable("cut off by a message of the tool")),
        ("Hex-STRING: 41 4Timeout: No Response", Unreadable("hexadecimal octets that are none")),
        ("STRI", Unreadable("cut off in the middle of its type")),
        ("Hex-STRING", Unreadable("cut off in the middle of its type")),
        ("INTEGER: 1.5", Unreadable("a number that is none")),
    ],
)
def test_a_value_that_was_cut_is_whole_again_or_unreadable_and_never_a_guess(printed: str, value: Value) -> None:
    """A message in the middle of a line may have the rest of the number behind it."""
    assert only(f".{SERIAL} = {printed}") == value


def test_a_name_cut_by_a_message_is_no_row() -> None:
    """Half an OID is the name of another row."""
    assert parse_walk(
        ".1.3.9.9 = INTEGER: 1\n.1.3.6.1.2.1.43.10.2.1.4Timeout: No Response from 192.0.2.10\n.1.1 = Counter32: 5\n"
    ) == {"1.1": 5, "1.3.9.9": 1}


@pytest.mark.parametrize(
    "case",
    [
        "12-hexstring-with-ascii-OT.txt",
        "13-snmprec-escaped-tag-4e.snmprec",
        "14-snmprec-ip-as-raw-text.snmprec",
        "16-ObentU-untyped-timeticks.txt",
        "17-end-of-mib-v1-hex.txt",
        "18-two-blanks-before-equals.txt",
        "19-mib-names.txt",
        "21a-timeout-line-at-end.txt",
        "23-null-value.txt",
        "24-utf16-powershell.txt",
        "39-timeout-glued-to-name.txt",
        "40-end-of-mib-glued-to-serial.txt",
    ],
)
def test_files_that_people_saved_are_read(cases: Path, now: Callable[[], datetime], case: str) -> None:
    """What was refused, or glued to a value, in public reports."""
    reading = read_walk(cases / case, now=now)
    assert (reading.serial_number, reading.vendor, reading.model) == ("ABC123456", "Xerox", "Phaser 6600DN")
    assert [meter.value for meter in reading.meters] == [1200]
    assert {supply.name for supply in reading.supplies} <= {"Black Toner"}
