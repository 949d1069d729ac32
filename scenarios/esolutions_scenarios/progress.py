"""Show how far a run is, on stderr, while a person watches."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Progress", "SeedProgress"]

_EVERY_SECONDS = 0.25


class Progress:
    """A line that is written again and again: the virtual date, and virtual days a second."""

    def __init__(self, name: str, stopwatch: Callable[[], float], *, always: bool = False) -> None:
        """Prepare a line.

        Args:
            name: of what runs.
            stopwatch: seconds since some moment, for the rate.
            always: write even where stderr is no terminal.
        """
        self._name = name
        self._stopwatch = stopwatch
        self._is_terminal = sys.stderr.isatty()
        self._is_shown = always or self._is_terminal
        self._started = self._shown_at = stopwatch()
        self._first: datetime | None = None

    def step(self, testbed: Testbed) -> None:
        """Take note of one step."""
        if not self._is_shown:
            return
        now = testbed.now
        self._first = self._first or now
        clock = self._stopwatch()
        if clock - self._shown_at < (_EVERY_SECONDS if self._is_terminal else 20 * _EVERY_SECONDS):
            return
        self._shown_at = clock
        days = (now - self._first).total_seconds() / 86400
        rate = days / (clock - self._started) if clock > self._started else 0.0
        text = f"{self._name}: {now:%Y-%m-%d %H:%M}, day {days:.0f}, {rate:.1f} days a second"
        if testbed.until is not None and rate:
            ahead = (testbed.until - now).total_seconds() / 86400
            text += f", {ahead / rate:.0f} s to {testbed.until:%Y-%m-%d}"
        sys.stderr.write(f"\r{text:90}" if self._is_terminal else f"{text}\n")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown and self._is_terminal:
            sys.stderr.write("\r" + " " * 92 + "\r")


class SeedProgress:
    """A line that counts lives: how many, at what rate, how long it will take."""

    def __init__(self, total: int, stopwatch: Callable[[], float]) -> None:
        self._total = total
        self._stopwatch = stopwatch
        self._started = stopwatch()

    def show(self, lived: int, found: int) -> None:
        """Take note of how many lives were lived and how many lost something."""
        if not sys.stderr.isatty():
            return
        rate = lived / max(self._stopwatch() - self._started, 1e-9)
        left = (self._total - lived) / rate
        text = f"{lived} of {self._total} lives, {rate:.1f} a second, {left:.0f} s left, {found} lost something"
        sys.stderr.write(f"\r{text:78}" + ("\n" if lived == self._total else ""))
        sys.stderr.flush()
