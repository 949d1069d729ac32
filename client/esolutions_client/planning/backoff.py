"""Exponential back-off: how long to wait after failures in a row, twice as long each time, up to a limit.

The back-off towards the server has its limits in `planning.schedule`, and is obeyed by `service.due_times`.
"""

from __future__ import annotations

from datetime import timedelta

__all__ = ["Backoff", "doubling"]


def doubling(failures: int, first: timedelta, last: timedelta) -> timedelta:
    """Return the back-off after so many failures in a row, at least one."""
    factor: int = 2 ** min(failures - 1, 16)
    return min(first * factor, last)


class Backoff:
    """The back-off of something on this machine, kept in memory, by a count that no setting of the clock moves.

    `seconds` is that count. It is for what sends nothing, such as a disk without room, and so begins with a minute
    and ends with an hour: a person is clearing it right now.
    """

    FIRST = timedelta(minutes=1)
    LAST = timedelta(hours=1)

    def __init__(self) -> None:
        self.failures = 0
        self._until = 0.0

    def failed(self, seconds: float) -> timedelta:
        """Take note of a failure and return how long to wait."""
        self.failures += 1
        wait = doubling(self.failures, self.FIRST, self.LAST)
        self._until = seconds + wait.total_seconds()
        return wait

    def succeeded(self) -> None:
        """Begin anew with the shortest wait."""
        self.failures = 0

    def left(self, seconds: float) -> timedelta:
        """Return how long to wait still."""
        return timedelta(seconds=max(0.0, self._until - seconds)) if self.failures else timedelta(0)
