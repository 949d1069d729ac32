"""Recorded walks, in the two forms that users have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.snmp.requests import Unreadable
from esolutions_client.snmp.walkfile import WalkFileError, parse_walk, read_walk_file

if TYPE_CHECKING:
    from pathlib import Path

SNMPREC = """\
# a comment
1.3.6.1.2.1.1.3.0|67|4280423
1.3.6.1.2.1.1.1.0|4|Xerox | Toner grün

1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.253
1.3.6.1.2.1.43.10|2|-3
1.3.6.1.2.1.43.9|65|30745
1.3.6.1.2.1.43.11|4x|E9BB91
1.3.6.1.2.1.43.12|64|192.0.2.1
1.3.6.1.2.1.43.13|64x|c0000202
1.3.6.1.2.1.43.14|70|18446744073709551615
1.3.6.1.2.1.43.15|5|
1.3.6.1.2.1.43.16|2:numeric|rate=3
1.3.6|:FLEET|anything
"""

TEXT = """\
.1.3.6.1.2.1.1.1.0 = STRING: "Xerox AltaLink; \\"SS\\" 100
second line"
iso.3.6.1.2.1.1.2.0 = OID: iso.3.6.1.4.1.253
.1.3.6.1.2.1.1.3.0 = Timeticks: (4280423) 11:53:24.23
.1.3.6.1.2.1.25.3.2.1.5.1 = INTEGER: running(2)
.1.3.6.1.2.1.25.3.5.1.2.1 = Hex-STRING: 20 00 0A
FF
.1.3.6.1.2.1.43.9 = Counter32: 30745
.1.3.6.1.2.1.43.10 = INTEGER: -3
.1.3.6.1.2.1.43.11 = Gauge32: 12 sheets
.1.3.6.1.2.1.43.12 = IpAddress: 192.0.2.1
.1.3.6.1.2.1.43.13 = Counter64: 18446744073709551615
.1.3.6.1.2.1.43.14 = ""
.1.3.6.1.2.1.43.15 = No Such Instance currently exists at this OID
.1.3.6.1.2.1.43.16 = Wrong Type (should be INTEGER): Gauge32: 7
.1.3.6.1.2.1.43.17 = BITS: 80 20 lowPaper(0)
.1.3.6.1.2.1.43.18 = STRING: unquoted
"""

PIECES = [*SNMPREC.split("|"), *TEXT.split(" ")]


def test_an_snmprec_file_is_read_and_sorted() -> None:
    """Every tag of plain records, hexadecimal forms included; records of modules are skipped."""
    rows = parse_walk(SNMPREC)
    assert list(rows.items()) == [
        ("1.3.6.1.2.1.1.1.0", "Xerox | Toner grün".encode()),
        ("1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.253"),
        ("1.3.6.1.2.1.1.3.0", 4280423),
        ("1.3.6.1.2.1.43.9", 30745),
        ("1.3.6.1.2.1.43.10", -3),
        ("1.3.6.1.2.1.43.11", b"\xe9\xbb\x91"),
        ("1.3.6.1.2.1.43.12", b"\xc0\x00\x02\x01"),
        ("1.3.6.1.2.1.43.13", b"\xc0\x00\x02\x02"),
        ("1.3.6.1.2.1.43.14", 2**64 - 1),
        ("1.3.6.1.2.1.43.15", Unreadable("NULL")),
    ]


def test_the_output_of_snmpwalk_is_read() -> None:
    """Strings and octets over several lines, named numbers, units, and what the agent did not have."""
    assert parse_walk(TEXT) == {
        "1.3.6.1.2.1.1.1.0": b'Xerox AltaLink; "SS" 100\nsecond line',
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.253",
        "1.3.6.1.2.1.1.3.0": 4280423,
        "1.3.6.1.2.1.25.3.2.1.5.1": 2,
        "1.3.6.1.2.1.25.3.5.1.2.1": b"\x20\x00\x0a\xff",
        "1.3.6.1.2.1.43.9": 30745,
        "1.3.6.1.2.1.43.10": -3,
        "1.3.6.1.2.1.43.11": 12,
        "1.3.6.1.2.1.43.12": b"\xc0\x00\x02\x01",
        "1.3.6.1.2.1.43.13": 2**64 - 1,
        "1.3.6.1.2.1.43.14": b"",
        "1.3.6.1.2.1.43.16": 7,
        "1.3.6.1.2.1.43.17": b"\x80\x20",
        "1.3.6.1.2.1.43.18": b"unquoted",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("garbage", r"OID\|TAG\|VALUE"),
        ("1.3.6|99|x", "a tag out of 2, 4"),
        ("1.3.6|2|many", "expected a number"),
        ("1.3.6|4x|zz", "hexadecimal"),
        ("1.3.x|2|1", "not an object identifier"),
        (".1.3.6 = FLOAT: 1", "a type out of STRING"),
        (".1.3.6 = OID: SNMPv2-SMI::enterprises", "snmpwalk -On"),
        ("SNMPv2-MIB::sysDescr.0 = STRING: x", r"OID\|TAG\|VALUE or OID = TYPE: VALUE"),
    ],
)
def test_a_bad_line_is_named_with_what_was_expected(line: str, expected: str) -> None:
    """Whoever attached the file can find the line and mend it."""
    with pytest.raises(WalkFileError, match=rf"^printer\.snmprec, line 2: .*{expected}"):
        parse_walk(f"1.3.5|2|1\n{line}\n", "printer.snmprec")


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(WalkFileError, match=r"absent\.snmprec: "):
        read_walk_file(tmp_path / "absent.snmprec")


def test_latin_1_octets_come_out_as_they_went_in(tmp_path: Path) -> None:
    """Recorders write raw octets; a file need not be UTF-8."""
    (tmp_path / "walk.snmprec").write_bytes(b"1.3.6.1|4|gr\xfcn\r\n")
    assert read_walk_file(tmp_path / "walk.snmprec") == {"1.3.6.1": b"gr\xfcn"}


@given(
    st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*SNMPREC.split("|"), *TEXT.split(" ")])).map(" ".join))
)
def test_any_text_is_a_walk_or_an_error_of_ours(text: str) -> None:
    """No file crashes the reader."""
    try:
        rows = parse_walk(text)
    except WalkFileError:
        return
    assert all(value is None or isinstance(value, (int, bytes, str)) for value in rows.values())
