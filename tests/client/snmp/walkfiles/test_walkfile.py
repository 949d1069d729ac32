"""Recorded walks, in the two forms that users have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.pdus import Unreadable
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
1.3.6.1.2.1.43.17|4e|a\\x80\\n\\\\b
1.3.6.1.2.1.43.18|64|J}M}
1.3.6.1.2.1.43.19|67x|ff
1.3.6.1.2.1.43.20|68|opaque
1.3.6.1.2.1.43.21|66|7
1.3.6.1.2.1.43.22|128|
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


def test_an_snmprec_file_is_read_and_sorted() -> None:
    """Every tag of plain records, hexadecimal and escaped forms included; records of modules are skipped."""
    told: list[str] = []
    assert list(parse_walk(SNMPREC, tell=told.append).items()) == [
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
        ("1.3.6.1.2.1.43.17", b"a\x80\n\\b"),
        ("1.3.6.1.2.1.43.18", b"J}M}"),
        ("1.3.6.1.2.1.43.19", 255),
        ("1.3.6.1.2.1.43.20", b"opaque"),
        ("1.3.6.1.2.1.43.21", 7),
    ]
    (sentence,) = told
    assert sentence == (
        "walk: 3 of 20 lines skipped (of a variation module: 2, of objects that the agent did not have: 1); "
        "1 values of no use (NULL: 1)"
    )


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
    ("line", "reason"),
    [
        ("garbage", "1 of 3 lines skipped (no rows: 1)"),
        ("1.3.x|2|1", "1 of 3 lines skipped (no rows: 1)"),
        ("FOO-MIB::bar.1 = STRING: x", "1 of 3 lines skipped (named by a MIB (run snmpwalk with -On): 1)"),
        ("Timeout: No Response from 192.0.2.10", "1 of 3 lines skipped (messages of the tool: 1)"),
        ("End of MIB", "1 of 3 lines skipped (messages of the tool: 1)"),
        ("user@host:~$ snmpwalk -On -v2c -c public 192.0.2.10", "1 of 3 lines skipped (prompts: 1)"),
        ("PS C:\\> ", "1 of 3 lines skipped (prompts: 1)"),
        ("1.3.6|99|x", "1 values of no use (the tag '99': 1)"),
        ("1.3.6|2|many", "1 values of no use (a number that is none: 1)"),
        ("1.3.6|4x|zz", "1 values of no use (hexadecimal octets that are none: 1)"),
        (".1.3.6 = Opaque: Float: 1.5", "1 values of no use (a floating-point number: 1)"),
        (".1.3.6 = OID: FOO-MIB::bar", "1 values of no use (the name of an OID: run snmpwalk with -On: 1)"),
        (".1.3.6 = NULL", "1 values of no use (NULL: 1)"),
    ],
)
def test_a_line_that_gives_no_value_is_told_of_and_hides_no_other(line: str, reason: str) -> None:
    """The person who attached the file learns how many lines did not count, and why."""
    told: list[str] = []
    rows = parse_walk(f"1.3.5|2|1\n{line}\n1.3.7|2|2\n", "printer.txt", tell=told.append)
    assert (rows["1.3.5"], rows["1.3.7"]) == (1, 2)
    assert told == [f"printer.txt: {reason}"]


def test_the_last_line_of_every_walk_is_not_told_of() -> None:
    """A walk that went well reads without a word."""
    told: list[str] = []
    end = ".1.3.7 = No more variables left in this MIB View (It is past the end of the MIB tree)\n"
    text = "".join(line for line in TEXT.splitlines(keepends=True) if "No Such Instance" not in line)
    assert parse_walk(text + end, tell=told.append)
    assert told == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("hello\n", r"no rows: 1.*; line 1: expected OID\|TAG\|VALUE or OID = TYPE: VALUE.*found 'hello'"),
        ("1.3.6.1|4x|0g\n", "line 1 holds hexadecimal octets that are none"),
        ("1.3.6.1|5|\n", "line 1 holds NULL"),
        ('STRING: "Xerox"\nINTEGER: 3\n', "without -Ov"),
        ("FOO-MIB::bar.1 = INTEGER: 3\n", "run snmpwalk with -On"),
        ("Timeout: No Response from 192.0.2.10\n", "messages of the tool: 1"),
    ],
)
def test_a_file_without_one_usable_row_is_refused_with_the_reason(text: str, reason: str) -> None:
    """What was expected, what was found, and what to do where that is known."""
    with pytest.raises(WalkFileError, match=rf"(?s)^printer\.txt: not one usable row of a walk: .*{reason}"):
        parse_walk(text, "printer.txt")


@pytest.mark.parametrize(("first", "second"), [("5", "-5"), ("5", None), (None, "5")])
def test_of_a_row_that_comes_twice_the_last_usable_value_counts(first: str | None, second: str | None) -> None:
    """Walks that go in circles repeat rows; a NULL takes nothing away."""
    lines = [f".1.3.6.1.2.1.43.9 = {'NULL' if number is None else f'INTEGER: {number}'}" for number in (first, second)]
    assert parse_walk("\n".join(lines)) == {"1.3.6.1.2.1.43.9": int(second or first or 0)}


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(WalkFileError, match=r"absent\.snmprec: "):
        read_walk_file(tmp_path / "absent.snmprec")


def test_latin_1_octets_come_out_as_they_went_in(tmp_path: Path) -> None:
    """Recorders write raw octets; a file need not be UTF-8."""
    (tmp_path / "walk.snmprec").write_bytes(b"1.3.6.1|4|gr\xfcn\r\n")
    assert read_walk_file(tmp_path / "walk.snmprec") == {"1.3.6.1": b"gr\xfcn"}
