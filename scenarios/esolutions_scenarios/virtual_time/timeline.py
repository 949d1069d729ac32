"""Virtual time: a heap of appointments and the present time, `now`.

Nothing sleeps and nothing runs by itself: `now` moves only when the
next appointment is taken, and whatever happens at a moment is finished before the
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

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Make an appointment.

        Raises:
            ValueError: the moment has passed.
        """
        if moment < self._now:
            raise ValueError(f"{moment} has passed; it is {self._now}")
        heapq.heappush(self._heap, (moment, next(self._order), action))

    def next_at(self) -> datetime | None:
        """Return the time of the next appointment."""
        return self._heap[0][0] if self._heap else None

    def take_next(self) -> None:
        """Move to the next appointment and keep it."""
        moment, _, action = heapq.heappop(self._heap)
        self._now = moment
        action()

    def move_to(self, moment: datetime) -> None:
        """Move on without keeping an appointment.

        Raises:
            ValueError: the moment has passed, or an appointment lies before it.
        """
        following = self.next_at()
        if moment < self._now or (following is not None and following < moment):
            raise ValueError(f"cannot move from {self._now} to {moment} past the appointment at {following}")
        self._now = moment
