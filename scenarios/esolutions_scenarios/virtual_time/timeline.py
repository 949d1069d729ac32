"""Virtual time: a heap of appointments and the present time, `now`.

Nothing sleeps and nothing runs by itself: `now` moves only when the
next appointment is taken, and whatever happens at one time is finished before the
next one begins.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Timeline"]


class Timeline:
    """Appointments in order of their times; those of one time in the order they were made."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a timeline starts at an aware datetime")
        self._now = start
        self._order = count()
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []

    def now(self) -> datetime:
        """Return the present time."""
        return self._now

    def at(self, at: datetime, action: Callable[[], None]) -> None:
        """Make an appointment.

        Raises:
            ValueError: the time has passed.
        """
        if at < self._now:
            raise ValueError(f"{at} has passed; it is {self._now}")
        heapq.heappush(self._heap, (at, next(self._order), action))

    def next_at(self) -> datetime | None:
        """Return the time of the next appointment."""
        return self._heap[0][0] if self._heap else None

    def take_next(self) -> None:
        """Move to the next appointment and keep it."""
        at, _, action = heapq.heappop(self._heap)
        self._now = at
        action()

    def move_to(self, at: datetime) -> None:
        """Move on without keeping an appointment.

        Raises:
            ValueError: the time has passed, or an appointment lies before it.
        """
        following = self.next_at()
        if at < self._now or (following is not None and following < at):
            raise ValueError(f"cannot move from {self._now} to {at} past the appointment at {following}")
        self._now = at
