"""Scales and ticks: where a number or a time stands on an axis, and which ones are worth a label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NumberScale", "TimeScale", "spell_span", "spell_time"]

_STEPS = (1, 2, 5, 10)
# A scale narrower than this share of its numbers has room for one label: floats could not tell two apart.
_FINEST = 1e-9
_SPANS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 1440, 2 * 1440, 7 * 1440)
)
_MONTHS = (1, 2, 3, 6, 12)
_MONTH = timedelta(days=30.44)


def spell_time(at: datetime) -> str:
    """Return a time as people read it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def spell_span(span: timedelta) -> str:
    """Return a span of time in its largest sensible unit."""
    hours = span.total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else f"{span.total_seconds() / 60:.0f} minutes"


@dataclass(frozen=True, slots=True)
class NumberScale:
    """Maps `low`..`high` to `begin`..`end`, which may run backwards."""

    low: float
    high: float
    begin: float
    end: float

    def place(self, value: float) -> float:
        """Return where a value stands."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return self.begin + share * (self.end - self.begin)

    def ticks(self, at_most: int) -> list[float]:
        """Return round values within the scale."""
        span = self.high - self.low
        if span <= _FINEST * max(abs(self.low), abs(self.high), 1.0):
            return [self.low]
        rough = span / max(at_most, 1)
        magnitude = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * magnitude for factor in _STEPS if factor * magnitude >= rough * 0.999)
        first = math.ceil(self.low / step)
        return [number * step for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Maps times between two to `begin`..`end`."""

    first: datetime
    last: datetime
    begin: float
    end: float

    def place(self, at: datetime) -> float:
        """Return where a time stands."""
        span = (self.last - self.first).total_seconds()
        share = (at - self.first).total_seconds() / span if span else 0.5
        return self.begin + share * (self.end - self.begin)

    def ticks(self, at_most: int) -> list[tuple[datetime, str]]:
        """Return round times within the scale, each with its label."""
        span = self.last - self.first
        for step in _SPANS:
            if span / step <= at_most:
                return [(at, _hour(at)) for at in self._steps(step)]
        months = next((count for count in _MONTHS if span / (count * _MONTH) <= at_most), _MONTHS[-1])
        return [(at, _month(at)) for at in self._months(months)]

    def _steps(self, step: timedelta) -> Iterator[datetime]:
        at = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        while at <= self.last:
            if at >= self.first:
                yield at
            at += step

    def _months(self, count: int) -> Iterator[datetime]:
        month = self.first.year * 12 + self.first.month - 1
        month -= month % count
        while (at := datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) <= self.last:
            if at >= self.first:
                yield at
            month += count


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}" if at.hour or at.minute else f"{at:%d %b}"


def _month(at: datetime) -> str:
    return f"{at:%b %Y}" if at.month == 1 else f"{at:%b}"
