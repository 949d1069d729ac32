"""Let a testbed go by a timeline: its clock is the timeline's, and who advances one advances the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.testbed_time import ClockError, ClockState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_scenarios.virtual_time.timeline import Timeline

__all__ = ["TimelineClock"]


class TimelineClock:
    """The clock of a timeline: it stands until it is moved, and never goes back."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self._timeline.now()

    @property
    def state(self) -> ClockState:
        """What it shows, where it stands."""
        return ClockState(self._timeline.now(), self._timeline.now(), 0)

    def on_change(self, listener: Callable[[], None], /) -> None:
        """Nothing has to be told: what it shows is not kept."""

    def set(self, shown: datetime, /) -> None:
        """Move the timeline; appointments on the way are kept.

        Raises:
            ClockError: the time has passed.
        """
        if shown < self._timeline.now():
            raise ClockError(f"a timeline does not go back: it is {self._timeline.now():%Y-%m-%dT%H:%M:%SZ}")
        while (following := self._timeline.next_at()) is not None and following <= shown:
            self._timeline.take_next()
        self._timeline.move_to(shown)

    def run(self, speed: float, /) -> None:
        """Stand; it does nothing else.

        Raises:
            ClockError: a timeline does not go by itself.
        """
        if speed:
            raise ClockError("a timeline does not go by itself: advance it")

    def freeze(self) -> None:
        """Stand, as it does."""

    def let_go(self) -> None:
        """Refuse.

        Raises:
            ClockError: always.
        """
        raise ClockError("a timeline never shows the real time")

    def anchor(self) -> None:
        """Nothing has to be told: a copy of a server has no time of its own."""

    def resume(self, _anchored: ClockState | None, /) -> None:
        """It shows the timeline's time, which never goes back, whatever a copy of a server showed."""
