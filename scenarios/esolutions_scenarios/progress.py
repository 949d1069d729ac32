"""Show on stderr how far long work is: a line that changes on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["CountProgress", "Progress"]

_ON_A_TERMINAL_SECONDS = 0.25
# What ends sooner than this leaves nothing in a log.
_IN_A_LOG_SECONDS = 20.0
_WIDTH = 92


class _Line:
    """A line that is written no more often than it can be read."""

    def __init__(self, stopwatch: Callable[[], float], log_every_seconds: float) -> None:
        self._stopwatch = stopwatch
        self._is_terminal = sys.stderr.isatty()
        self._every_seconds = _ON_A_TERMINAL_SECONDS if self._is_terminal else log_every_seconds
        self._started = self._shown_at = stopwatch()

    def seconds(self) -> float:
        """Return how long this has been going on; never nothing."""
        return max(self._stopwatch() - self._started, 1e-9)

    def is_due(self) -> bool:
        """Say whether it is time to write again."""
        clock = self._stopwatch()
        if clock - self._shown_at < self._every_seconds:
            return False
        self._shown_at = clock
        return True

    def write(self, text: str) -> None:
        """Write over what was written before, or below it."""
        sys.stderr.write(f"\r{text:{_WIDTH}}" if self._is_terminal else f"{text}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave nothing behind on a terminal."""
        if self._is_terminal:
            sys.stderr.write("\r" + " " * _WIDTH + "\r")


class Progress:
    """How far a run is: the virtual date, virtual days a second, and the seconds left to where it goes."""

    def __init__(
        self, name: str, stopwatch: Callable[[], float], *, log_every_seconds: float = _IN_A_LOG_SECONDS
    ) -> None:
        """Prepare a line.

        Args:
            name: of what runs.
            stopwatch: seconds since some moment, for the rate.
            log_every_seconds: how often a line is written where stderr is no terminal.
        """
        self._name = name
        self._line = _Line(stopwatch, log_every_seconds)
        self._first: datetime | None = None

    def step(self, testbed: Testbed) -> None:
        """Take note of one step."""
        self._first = self._first or testbed.now
        if not self._line.is_due():
            return
        days = (testbed.now - self._first).total_seconds() / 86400
        rate = days / self._line.seconds()
        text = f"{self._name}: {testbed.now:%Y-%m-%d %H:%M}, day {days:.0f}, {rate:.1f} days a second"
        if testbed.until is not None and rate:
            ahead = (testbed.until - testbed.now).total_seconds() / 86400
            text += f", {ahead / rate:.0f} s to {testbed.until:%Y-%m-%d}"
        self._line.write(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.clear()


class CountProgress:
    """How far work is that can be counted: how much is done, at what rate, how long it will take."""

    def __init__(self, total: int, what: str, stopwatch: Callable[[], float]) -> None:
        """Prepare a line.

        Args:
            total: how many there are.
            what: what they are, in the plural.
            stopwatch: seconds since some moment, for the rate.
        """
        self._total = total
        self._what = what
        self._line = _Line(stopwatch, _IN_A_LOG_SECONDS)

    def show(self, done: int, note: str = "") -> None:
        """Take note of how many are done, and of what else there is to say."""
        if done == self._total:
            self._line.clear()
        elif done and self._line.is_due():
            rate = done / self._line.seconds()
            left = (self._total - done) / rate
            self._line.write(
                f"{done} of {self._total} {self._what}, {rate:.1f} a second, {left:.0f} s left{note and ', ' + note}"
            )
