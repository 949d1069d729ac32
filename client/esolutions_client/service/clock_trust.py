"""Whether a date can be trusted: by which setting of the clock it was given, and whether the server agrees with that.

A machine's clock may be wrong, and be set at any time. A monotonic count beside
it shows when: the clock's origin, the time at which the count was zero,
changes when the clock is set or the machine starts anew, and at no other time.
The server compares the clock with its own whenever it takes a message, so with
every receipt an origin is confirmed. What was dated under that origin is dated
rightly, however late it arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.store.settings import Settings

__all__ = ["ClockTrust"]

# More than two counts drift apart between two contacts, less than an error that the server would notice.
_TOLERANCE_SECONDS = 60


class ClockTrust:
    """The machine's clock, and what is known of its settings; an origin is in seconds since 1970."""

    def __init__(self, settings: Settings, *, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._now = now
        self._monotonic = monotonic

    def now(self) -> datetime:
        """Return what the clock shows."""
        return self._now()

    def origin(self) -> int:
        """Return the clock's origin as it is set now."""
        return round(self._now().timestamp() - self._monotonic())

    def is_set_as(self, origin: int) -> bool:
        """Whether the clock has not been set, nor the machine been started, since it had this origin."""
        return abs(self.origin() - origin) <= _TOLERANCE_SECONDS

    @property
    def is_confirmed(self) -> bool:
        """Whether the server has taken a message since the clock was set."""
        return self._is(self._settings.clock_confirmed)

    @property
    def is_refused(self) -> bool:
        """Whether the server has refused a message because of the clock as it is set now."""
        return self._is(self._settings.clock_refused)

    @property
    def complaint(self) -> str:
        """What was said of the clock when the server refused it last."""
        return self._settings.clock_complaint or "the server refuses this machine's clock"

    def confirm(self) -> bool:
        """Note that the server has taken a message, in the caller's transaction; return whether that is news."""
        is_news = not self.is_confirmed
        if is_news:
            self._settings.clock_confirmed = self.origin()
        if self.is_refused:
            self._settings.clock_refused = None
        return is_news

    def refuse(self, why: str | None = None) -> None:
        """Note that the server has refused a message because of the clock, in the caller's transaction.

        Args:
            why: what is said of it, for people, if anything is.
        """
        self._settings.clock_refused = self.origin()
        self._settings.clock_complaint = why
        if self.is_confirmed:
            self._settings.clock_confirmed = None

    def _is(self, origin: int | None) -> bool:
        return origin is not None and self.is_set_as(origin)
