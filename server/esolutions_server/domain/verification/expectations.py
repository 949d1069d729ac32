"""The expectations: an order, a count, a rate, an interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from esolutions_server.domain.verification.verdicts import Miss

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from esolutions_server.domain.verification.events import Event, Matcher

__all__ = ["Count", "Interval", "Judgement", "Order", "Per", "Rate", "each", "spelled_span"]

# About whom an expectation is: it has to hold for each client, or each device, or for all events together.
Per = Literal["client", "device", "all"]
# Misses, and what may still come in time.
Judgement = tuple[list[Miss], list[str]]

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class Order:
    """These messages come in this order; others may lie between them."""

    matchers: tuple[Matcher, ...]
    per: Per = "client"

    def judge(self, of: str, events: Sequence[Event], now: datetime) -> Judgement:
        """Find the messages one after the other."""
        reached: list[Event] = []
        rest = iter(events)
        for matcher in self.matchers:
            found = next((event for event in rest if matcher.matches(event)), None)
            if found is None:
                return [_order_miss(of, self, matcher, reached, events)], []
            reached.append(found)
        del now
        return [], []

    def __str__(self) -> str:
        """Say it."""
        return f"{', then '.join(map(str, self.matchers))}{each(self.per)}"


@dataclass(frozen=True, slots=True)
class Count:
    """A message comes so often, at least and at most; None is without that bound."""

    matcher: Matcher
    at_least: int | None = None
    at_most: int | None = None
    per: Per = "client"

    def judge(self, of: str, events: Sequence[Event], now: datetime) -> Judgement:
        """Count the message."""
        del now
        found = [event for event in events if self.matcher.matches(event)]
        few = self.at_least is not None and len(found) < self.at_least
        many = self.at_most is not None and len(found) > self.at_most
        if not (few or many):
            return [], []
        told = found[self.at_most :][:1] if many else found[-1:]
        closest = f"there were {len(found)}{''.join(f', {_which(many)} {event}' for event in told)}"
        return [Miss(of, str(self), closest, tuple(event.number for event in told))], []

    def __str__(self) -> str:
        """Say it."""
        return f"{self._times()} {self.matcher}{each(self.per)}"

    def _times(self) -> str:
        if self.at_most == 0:
            return "no"
        if self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        bounds = [("at least", self.at_least), ("at most", self.at_most)]
        return " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True)
class Rate:
    """A message comes at most so often in any span of that length."""

    matcher: Matcher
    at_most: int
    within: timedelta
    per: Per = "client"

    def judge(self, of: str, events: Sequence[Event], now: datetime) -> Judgement:
        """Find the span in which the most came, and of those the shortest."""
        del now
        found = [event for event in events if self.matcher.matches(event)]
        windows = zip(found, found[self.at_most :], strict=False)
        tightest = min(windows, key=lambda window: window[1].at - window[0].at, default=None)
        if tightest is None or tightest[1].at - tightest[0].at >= self.within:
            return [], []
        first, last = tightest
        closest = f"{self.at_most + 1} came within {spelled_span(last.at - first.at)}: {first}, to {last}"
        return [Miss(of, str(self), closest, (first.number, last.number))], []

    def __str__(self) -> str:
        """Say it."""
        return f"at most {self.at_most} {self.matcher} in {spelled_span(self.within)}{each(self.per)}"


@dataclass(frozen=True, slots=True)
class Interval:
    """From one of these messages to the next it takes so long, at least and at most."""

    matcher: Matcher
    at_least: timedelta
    at_most: timedelta
    per: Per = "client"

    def judge(self, of: str, events: Sequence[Event], now: datetime) -> Judgement:
        """Measure each interval, and the one that is not over yet."""
        found = [event for event in events if self.matcher.matches(event)]
        misses = []
        for before, after in pairwise(found):
            span = after.at - before.at
            if not self.at_least <= span <= self.at_most:
                closest = f"{spelled_span(span)} from {before} to {after}"
                misses.append(Miss(of, str(self), closest, (before.number, after.number)))
        if not found:
            return [*misses, Miss(of, str(self), f"there was no {self.matcher}")], []
        if now - found[-1].at > self.at_most:
            closest = f"nothing since {found[-1]}, {spelled_span(now - found[-1].at)} ago"
            misses.append(Miss(of, str(self), closest, (found[-1].number,)))
        return misses, []

    def __str__(self) -> str:
        """Say it."""
        bounds = f"{spelled_span(self.at_least)} to {spelled_span(self.at_most)}"
        return f"{bounds} from each {self.matcher} to the next{each(self.per)}"


def spelled_span(span: timedelta) -> str:
    """Return a span as people write it: `1 d 2 h`."""
    left = round(abs(span.total_seconds()))
    parts = []
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        parts += [f"{count} {unit}"] if count else []
    return ("-" if span < timedelta(0) else "") + (" ".join(parts) or "0 s")


def each(per: Per) -> str:
    """Say about whom an expectation is."""
    return {"client": ", for each client", "device": ", for each device", "all": ""}[per]


def _which(is_too_many: bool) -> str:  # noqa: FBT001 - one of two words
    return "one too many" if is_too_many else "the last"


def _order_miss(of: str, order: Order, missing: Matcher, reached: Sequence[Event], events: Sequence[Event]) -> Miss:
    early = [event for event in events if missing.matches(event)]
    told = f"after {reached[-1]} there was none" if reached else "there was none"
    if early:
        told += f", only before it {early[-1]}"
    numbers = [event.number for event in (*reached[-1:], *early[-1:])]
    return Miss(of, f"{missing} ({len(reached) + 1} of {len(order.matchers)})", told, tuple(numbers))
