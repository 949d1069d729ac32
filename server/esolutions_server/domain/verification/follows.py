"""The expectation that something follows on something else in time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from esolutions_server.domain.verification.events import spelled_time
from esolutions_server.domain.verification.expectations import Count, Interval, Order, Rate, each, spelled_span
from esolutions_server.domain.verification.verdicts import Miss

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from esolutions_server.domain.verification.events import Event, Matcher
    from esolutions_server.domain.verification.expectations import Judgement, Per

__all__ = ["Expectation", "Follows"]


@dataclass(frozen=True, slots=True)
class Follows:
    """After each event of one kind comes a message within a span, and then, if that is said, never again.

    Attributes:
        matcher: what shall come.
        after: after what.
        within: until when it shall have come.
        not_before: how soon it may come.
        then_never: whether it must not come a second time after the same event.
    """

    matcher: Matcher
    after: Matcher
    within: timedelta
    not_before: timedelta = timedelta(0)
    then_never: bool = False
    per: Per = "client"

    def judge(self, of: str, events: Sequence[Event], now: datetime) -> Judgement:
        """Look after each event that has something to follow."""
        causes = [event for event in events if self.after.matches(event)]
        found = [event for event in events if self.matcher.matches(event)]
        misses: list[Miss] = []
        pending: list[str] = []
        for cause, following in zip_longest(causes, causes[1:]):
            start = bisect_right(found, _place(cause), key=_place)
            hit = self._hit(cause, found, start)
            if hit is not None:
                misses += self._again(of, cause, found[hit + 1 : hit + 2], following) if self.then_never else []
            elif now <= cause.at + self.within:
                pending.append(f"{self.matcher} until {spelled_time(cause.at + self.within)}, after {cause}")
            else:
                misses.append(self._miss(of, cause, found[start:]))
        return misses, pending

    def _hit(self, cause: Event, found: Sequence[Event], start: int) -> int | None:
        """Return which one came in time after a cause, the first after it being at `start`."""
        for at in range(start, len(found)):
            span = found[at].at - cause.at
            if span > self.within:
                return None
            if span >= self.not_before:
                return at
        return None

    def _again(self, of: str, cause: Event, second: Sequence[Event], following: Event | None) -> list[Miss]:
        """Return what came a second time, before the next cause did."""
        return [
            Miss(of, f"no second {self.matcher} after {cause}", f"there was {event}", (event.number,))
            for event in second
            if following is None or _place(event) <= _place(following)
        ]

    def _miss(self, of: str, cause: Event, later: Sequence[Event]) -> Miss:
        expected = f"{self.matcher} {self._span()} after {cause}"
        if not later:
            return Miss(of, expected, "there was none", (cause.number,))

        def off(event: Event) -> timedelta:
            span = event.at - cause.at
            return max(self.not_before - span, span - self.within)

        closest = min(later, key=off)
        word = "too early" if closest.at - cause.at < self.not_before else "too late"
        told = f"{word} by {spelled_span(off(closest))}: {closest}"
        return Miss(of, expected, told, (cause.number, closest.number))

    def _span(self) -> str:
        if self.not_before:
            return f"{spelled_span(self.not_before)} to {spelled_span(self.within)}"
        return f"within {spelled_span(self.within)}"

    def __str__(self) -> str:
        """Say it."""
        never = ", then never again" if self.then_never else ""
        return f"{self.matcher} {self._span()} after each {self.after}{never}{each(self.per)}"


Expectation = Order | Count | Rate | Interval | Follows


def _place(event: Event) -> tuple[datetime, int]:
    """Return where an event stands in the order: the answer to a message comes with it, and what it causes later."""
    return event.at, event.number
