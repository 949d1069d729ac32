"""Long work says how far it is, wherever stderr goes."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from esolutions_scenarios.progress import CountProgress, Progress
from esolutions_scenarios.stories.registry import story_names

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

# ECMA-48, 5.4: a control sequence.
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_START = datetime(2026, 1, 5, tzinfo=UTC)


class _Stopwatch:
    """A stopwatch that a test winds on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_hunt_tells_a_log_its_rate_and_the_time_left_every_twenty_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pipe gets whole lines, and few of them; a hunt that is over quickly leaves none."""
    stopwatch = _Stopwatch()
    with CountProgress(100, "lives", stopwatch) as progress:
        for lived in range(1, 101):
            stopwatch.seconds += 1.0
            progress.show(lived, "1 lost something")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "20 of 100 lives, 1.0 a second, 80 s left, 1 lost something"
    assert len(lines) == 4


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written over in place, four times a second at most; no more than the terminal is wide."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    stopwatch = _Stopwatch()
    with CountProgress(40, "lives " * 40, stopwatch) as progress:
        for lived in range(1, 41):
            stopwatch.seconds += 0.125
            progress.show(lived)
        shown = capsys.readouterr().err
    assert "\n" not in shown
    lines = [_SEQUENCE.sub("", line) for line in shown.split("\r")]
    assert len([line for line in lines if "lives" in line]) <= 20
    assert max(map(len, lines)) <= 80
    # Up to the line that changed, and erase it.
    assert capsys.readouterr().err.endswith("\x1b[1A\x1b[2K")


def test_a_run_tells_its_date_its_rate_and_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten virtual days in twenty seconds are half a day a second; twenty more days take forty seconds."""
    stopwatch = _Stopwatch()
    with Progress("a_story", stopwatch) as progress:
        for day in (0, 10):
            moment = _START + timedelta(days=day)
            progress.step(cast("Testbed", SimpleNamespace(now=moment, until=_START + timedelta(days=30))))
            stopwatch.seconds += 20.0
    assert capsys.readouterr().err == "a_story: 2026-01-15, 0.5 days/s, 40 s to 2026-02-04\n"


@pytest.mark.parametrize("name", story_names())
def test_the_line_of_every_story_fits_the_columns_of_a_log(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """However fast it goes, and however far it has to go."""
    stopwatch = _Stopwatch()
    with Progress(name, stopwatch) as progress:
        for day in (0, 1, 90_000):
            moment = _START + timedelta(days=day)
            progress.step(cast("Testbed", SimpleNamespace(now=moment, until=_START + timedelta(days=99_999))))
            stopwatch.seconds += 21.0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) <= 80
