"""Show on stderr how far long work is: a line that changes on a terminal, a line now and then anywhere else.

A line is never wider than the terminal, nor than the 80 columns of a log: it
changes in place, and scrolls nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from esolutions_client.cli.console.output import say_beside
from esolutions_client.cli.console.progress import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["CountProgress", "Progress"]

_ON_A_TERMINAL_SECONDS = 0.25
# What ends sooner than this leaves nothing in a log.
_IN_A_LOG_SECONDS = 20.0
_NAME_COLUMNS = 30


class _Line:
    """A line that is written no more often than it can be read, and is gone from a terminal at the end."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._bar = ProgressBar()
        self._every_seconds = _ON_A_TERMINAL_SECONDS if self._bar.is_shown else _IN_A_LOG_SECONDS
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

    def write(self, text: str, share: float) -> None:
        """Write over what was written before, or below it.

        Args:
            text: how far it is, in words.
            share: what is done of it, from 0 to 1.
        """
        if self._bar.is_shown:
            self._bar.show(text, share)
        else:
            say_beside(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._bar.__exit__(*ended)


class Progress(_Line):
    """How far a run is: the virtual date, virtual days a second, and the seconds left to where it goes."""

    def __init__(self, name: str, stopwatch: Callable[[], float]) -> None:
        """Prepare a line.

        Args:
            name: of what runs.
            stopwatch: seconds since some start, for the rate.
        """
        super().__init__(stopwatch)
        self._name = name if len(name) <= _NAME_COLUMNS else f"{name[: _NAME_COLUMNS - 3]}..."
        self._first: datetime | None = None

    def step(self, testbed: Testbed) -> None:
        """Take note of one step."""
        self._first = self._first or testbed.now
        if not self.is_due():
            return
        days = (testbed.now - self._first).total_seconds() / 86400
        rate = days / self.seconds()
        text = f"{self._name}: {testbed.now:%Y-%m-%d}, {rate:.1f} days/s"
        ahead = 0.0
        if testbed.until is not None and rate:
            ahead = (testbed.until - testbed.now).total_seconds() / 86400
            text += f", {ahead / rate:.0f} s to {testbed.until:%Y-%m-%d}"
        self.write(text, days / (days + ahead) if days else 0.0)


class CountProgress(_Line):
    """How far work is that can be counted: how much is done, at what rate, how long it will take."""

    def __init__(self, total: int, what: str, stopwatch: Callable[[], float]) -> None:
        """Prepare a line.

        Args:
            total: how many there are.
            what: what they are, in the plural.
            stopwatch: seconds since some start, for the rate.
        """
        super().__init__(stopwatch)
        self._total = total
        self._what = what

    def show(self, done: int, note: str = "") -> None:
        """Take note of how many are done, and of what else there is to say."""
        if 0 < done < self._total and self.is_due():
            rate = done / self.seconds()
            left = (self._total - done) / rate
            self.write(
                f"{done} of {self._total} {self._what}, {rate:.1f} a second, {left:.0f} s left{note and ', ' + note}",
                done / self._total,
            )
