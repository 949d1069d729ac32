"""Whatever a file holds, its reading ends: with rows or with an error of ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.snmp.pdus import Unreadable
from esolutions_client.snmp.walkfile import WalkFileError, parse_walk, read_walk_file
from esolutions_client.snmp.walkfiles.source import LONGEST_LINE
from tests.client.snmp.walkfiles.test_walkfile import SNMPREC, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

ROW = ".1.3.6.1.2.1.1.1.0 = "
PIECES = [*SNMPREC.split("|"), *TEXT.split(" "), "Timeout: No Response from x", "\r", "\n", '"', "\\", "\0", "\x1b["]
OIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6).map(
    lambda arcs: ".".join(map(str, (1, 3, 6, 1, *arcs)))
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to be written anew by each example."""
    return tmp_path_factory.mktemp("walks") / "any"


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_any_text_is_a_walk_or_an_error_of_ours(text: str) -> None:
    """No text crashes the reader."""
    try:
        rows = parse_walk(text)
    except WalkFileError:
        return
    assert any(not isinstance(value, Unreadable) for value in rows.values())
    assert all(isinstance(value, (int, bytes, str, Unreadable)) for value in rows.values())


@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(
            st.lists(st.sampled_from(PIECES)).map(" ".join),
            st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
        ).map(lambda drawn: drawn[0].encode(drawn[1])),
    )
)
def test_any_file_is_a_walk_or_an_error_of_ours(file: Path, content: bytes) -> None:
    """No file crashes the reader, in whatever encoding it is."""
    file.write_bytes(content)
    try:
        rows = read_walk_file(file)
    except WalkFileError:
        return
    assert rows


def _as_snmprec(oid: str, value: bytes) -> str:
    return f"{oid}|4x|{value.hex()}"


def _as_escaped_snmprec(oid: str, value: bytes) -> str:
    return f"{oid}|4e|" + "".join(f"\\x{octet:02x}" for octet in value)


def _as_hex(oid: str, value: bytes) -> str:
    lines = [value[begin : begin + 16].hex(" ").upper() + " " for begin in range(0, len(value), 16)]
    return f".{oid} = Hex-STRING: " + "\n".join(lines)


def _as_hex_with_text(oid: str, value: bytes) -> str:
    lines = []
    for begin in range(0, len(value), 16):
        part = value[begin : begin + 16]
        lines.append(f"{part.hex(' ').upper()}   [{''.join(chr(o) if 32 <= o < 127 else '.' for o in part)}]")
    return f".{oid} = Hex-STRING: " + "\n".join(lines)


def _as_string(oid: str, value: bytes) -> str:
    text = value.decode("utf-8", errors="surrogateescape").replace("\\", "\\\\").replace('"', '\\"')
    return f'.{oid} = STRING: "{text}"'


@pytest.mark.parametrize("written", [_as_snmprec, _as_escaped_snmprec, _as_hex, _as_hex_with_text, _as_string])
@given(rows=st.dictionaries(OIDS, st.binary(min_size=1, max_size=40), min_size=1, max_size=6))
def test_octets_read_back_as_they_were_written(written: Callable[[str, bytes], str], rows: dict[str, bytes]) -> None:
    """In each style of each tool, one row after the other."""
    if written is _as_string:
        # A carriage return at the end of a line is the line's, and what looks like a row is one.
        rows = {
            oid: value.replace(b"\r", b"").replace(b"\n", b" ").replace(b"\x1b", b"") for oid, value in rows.items()
        }
    assert parse_walk("\n".join(written(oid, value) for oid, value in rows.items())) == rows


@pytest.mark.parametrize(
    "style",
    ["{oid}|2|{n}", "{oid}|65|{n}", ".{oid} = INTEGER: {n}", ".{oid} = INTEGER: up({n})", ".{oid} = {n}", ".{oid} {n}"],
)
@given(rows=st.dictionaries(OIDS, st.integers(-(2**31), 2**63), min_size=1, max_size=6))
def test_numbers_read_back_as_they_were_written(style: str, rows: dict[str, int]) -> None:
    """In each style of each tool, one row after the other."""
    assert parse_walk("\n".join(style.format(oid=oid, n=number) for oid, number in rows.items())) == rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_byte_order_marks_and_line_ends_of_other_systems_are_understood(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    """PowerShell writes UTF-16, Notepad UTF-8 with a mark, old programs carriage returns alone."""
    (tmp_path / "walk").write_bytes(
        ".1.3.6.1 = INTEGER: 5\n.1.3.7 = STRING: ó\n".replace("\n", line_end).encode(encoding)
    )
    assert read_walk_file(tmp_path / "walk") == {"1.3.6.1": 5, "1.3.7": "ó".encode()}


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/"])
def test_what_is_no_file_is_refused_before_it_is_opened(device: str) -> None:
    """A device never ends; the message says what to do instead."""
    with pytest.raises(WalkFileError, match=r"this is a (device|directory); save the walk to a file"):
        read_walk_file(Path(device))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """Opening one waits for a writer that may never come."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WalkFileError, match="this is a pipe"):
        read_walk_file(tmp_path / "pipe")


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    """By its size alone."""
    with (tmp_path / "large").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(WalkFileError, match="larger than 67108864 bytes"):
        read_walk_file(tmp_path / "large")


def test_a_line_far_too_long_is_refused_with_the_first_of_it(tmp_path: Path) -> None:
    """Not one value of SNMP is as long."""
    (tmp_path / "long").write_bytes(b"1.3.5|2|1\n1.3.6|4|" + b"x" * 60 * 1024 * 1024)
    with pytest.raises(WalkFileError, match="line 2: longer than a printer's walk can be"):
        read_walk_file(tmp_path / "long")


def test_a_compressed_file_is_to_be_unpacked_first(tmp_path: Path) -> None:
    """It is what people attach."""
    (tmp_path / "walk.gz").write_bytes(b"\x1f\x8b\x08rest")
    with pytest.raises(WalkFileError, match="unpack it first"):
        read_walk_file(tmp_path / "walk.gz")


@pytest.mark.parametrize(
    "piece",
    [
        *(" ", "@", "a@", ">", "$ ", "[", "a.b[", "::", "x.", "\x1b[", "\x1b]", "\r", "|", "1.3.6.1", "\\x"),
        *(f"{ROW}{kind}" for kind in ("", "STRING: ", 'STRING: "', "Hex-STRING: ", "BITS: ", "INTEGER: 5", "Opaque: ")),
    ],
)
@pytest.mark.parametrize("repeated", [" ", "AA ", '" ', "\\", "1.", "1:", "::", "Opaque: ", "a\n", "AA\n", "\r"])
def test_a_line_made_to_hang_the_reader_does_not(piece: str, repeated: str) -> None:
    """Every pattern takes time in proportion to the line: otherwise this test would not end."""
    for text in (
        piece + repeated * (LONGEST_LINE // 4 // len(repeated)) + ":x",
        piece * (LONGEST_LINE // 4 // len(piece)),
    ):
        try:
            rows = parse_walk(text)
        except WalkFileError:
            continue
        assert rows
