"""A clock file is sixteen octets that show a moment; what is none is said in words, with what to do instead."""

from __future__ import annotations

import random
import re
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_server.cli.application import run
from esolutions_server.cli.virtual_clock import VirtualClock
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_clock_file_shows_its_moment_at_every_call(tmp_path: Path) -> None:
    """Another process moves it."""
    file = tmp_path / "clock"
    file.write_bytes(struct.pack("<dQ", MOMENT.timestamp(), 0))
    clock = VirtualClock(file)
    assert clock() == MOMENT
    with file.open("r+b") as opened:
        opened.write(struct.pack("<dQ", MOMENT.timestamp() + 60, 1))
    assert (clock() - MOMENT).total_seconds() == 60


@pytest.mark.parametrize("content", [b"", b"\0" * 8, struct.pack("<dQ", float("nan"), 2), None])
def test_a_clock_file_that_is_written_anew_shows_what_it_showed(tmp_path: Path, content: bytes | None) -> None:
    """It is short, or not there, for an instant: no server goes down with it."""
    file = tmp_path / "clock"
    file.write_bytes(struct.pack("<dQ", MOMENT.timestamp(), 0))
    clock = VirtualClock(file)
    file.unlink() if content is None else file.write_bytes(content)
    assert clock() == MOMENT
    file.write_bytes(struct.pack("<dQ", MOMENT.timestamp() + 60, 1))
    assert (clock() - MOMENT).total_seconds() == 60


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has 0 bytes, expected 16"),
        (b"2026-03-01T12:00:00Z\n", "it has 21 bytes, expected 16"),
        (b"2026-03-01 12:00", "it shows no moment of the years 1972 to 2199"),
        (b"~~~~~~~A~~~~~~~~", "it shows no moment of the years 1972 to 2199"),
        (struct.pack("<dQ", float("nan"), 0), "it shows no moment of the years 1972 to 2199"),
        (struct.pack("<dQ", -1.0, 0), "it shows no moment of the years 1972 to 2199"),
    ],
)
def test_what_is_no_clock_file_is_said_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    """A text is never taken for a moment, and an empty file is no traceback; the way without a file is named."""
    file = tmp_path / "clock"
    file.write_bytes(content)
    with pytest.raises(StartError, match=re.escape(f"{file} is no clock file: {said}")) as refused:
        VirtualClock(file)
    assert "`clock freeze`, `set`, `advance` and `speed`" in str(refused.value)


def test_a_server_does_not_start_on_an_empty_clock_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and one line."""
    file = tmp_path / "clock"
    file.touch()
    words = ["serve", "--testbed", "--clock", str(file), "--data-dir", str(tmp_path / "data")]
    assert run(now=lambda: MOMENT, rng=random.Random(1), arguments=words) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
