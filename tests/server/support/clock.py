"""A clock that stands until a test moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, 3, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = START

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def move(self, **duration: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**duration)
