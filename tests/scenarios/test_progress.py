"""Long work says how far it is, wherever stderr goes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from esolutions_scenarios.progress import CountProgress, Progress

if TYPE_CHECKING:
    import pytest

    from esolutions_scenarios.testbed.testbed import Testbed

_START = datetime(2026, 1, 5, tzinfo=UTC)


class _Watch:
    """A stopwatch that a test winds on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_hunt_tells_a_log_its_rate_and_the_time_left_every_twenty_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pipe gets whole lines, and few of them; a hunt that is over quickly leaves none."""
    watch = _Watch()
    progress = CountProgress(100, "lives", watch)
    for lived in range(1, 101):
        watch.seconds += 1.0
        progress.show(lived, "1 lost something")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "20 of 100 lives, 1.0 a second, 80 s left, 1 lost something"
    assert len(lines) == 4


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written over with a carriage return, four times a second at most."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    watch = _Watch()
    progress = CountProgress(3, "lives", watch)
    for lived in (1, 2, 3):
        watch.seconds += 1.0
        progress.show(lived)
    shown = capsys.readouterr().err
    assert "\n" not in shown
    assert shown.count("lives") == 2
    assert shown.rsplit("\r", 2)[1].strip() == ""


def test_a_run_tells_its_date_its_rate_and_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten virtual days in twenty seconds are half a day a second; twenty more days take forty seconds."""
    watch = _Watch()
    with Progress("a_story", watch) as progress:
        for day in (0, 10):
            moment = _START + timedelta(days=day)
            progress.step(cast("Testbed", SimpleNamespace(now=moment, until=_START + timedelta(days=30))))
            watch.seconds += 20.0
    assert capsys.readouterr().err == "a_story: 2026-01-15 00:00, day 10, 0.5 days a second, 40 s to 2026-02-04\n"
