"""Decide whether a meter value may be billed.

A value is held, for a person to look at, when it is lower than the last
accepted one although the counter did not roll over, or higher than the device
could have counted since. No value is corrected.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = [
    "LARGEST_COUNTER",
    "LastReading",
    "MeterValue",
    "Plausibility",
    "check_plausibility",
    "impressions_since",
    "max_plausible",
]

# The wire says xs:unsignedInt, and so does a Counter32.
LARGEST_COUNTER = 2**32 - 1


class MeterValue(NamedTuple):
    """What a device shows on one meter; `rollover_at` is the last value before the counter starts again at one.

    `value` is None where the meter is there and cannot be read.
    """

    name: str
    value: int | None
    rollover_at: int | None = None


class LastReading(NamedTuple):
    """The value that was accepted last, and when the device showed it."""

    value: int
    read_at: datetime


class Plausibility(NamedTuple):
    """What becomes of a value: billed by `impressions`, or held because of `reason`."""

    impressions: int
    reason: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether a person has to look at the value first."""
        return self.reason is not None


def max_plausible(last: LastReading, until: datetime, increase_per_minute: int) -> int:
    """Return the highest value that is credible at `until`."""
    minutes = max(until - last.read_at, timedelta(0)) // timedelta(minutes=1)
    return min(last.value + minutes * increase_per_minute, LARGEST_COUNTER)


def impressions_since(meter: MeterValue, last: LastReading) -> int:
    """Return what a meter has counted since the last reading; negative where it fell without a rollover."""
    increase = (meter.value or 0) - last.value
    if increase < 0 and meter.rollover_at is not None and last.value <= meter.rollover_at:
        increase += meter.rollover_at
    return increase


def check_plausibility(meter: MeterValue, last: LastReading | None, credible_increase: int) -> Plausibility:
    """Compare a value with the last accepted one.

    The first value of a meter that was never read before starts it and bills nothing. One that cannot be read is held.
    """
    if meter.value is None:
        return Plausibility(0, f"{meter.name} cannot be read")
    if last is None:
        return Plausibility(impressions=0)
    increase = impressions_since(meter, last)
    if increase < 0:
        return Plausibility(0, f"{meter.name} fell from {last.value} to {meter.value}")
    if increase > credible_increase:
        return Plausibility(0, f"{meter.name} rose by {increase}, more than the credible {credible_increase}")
    return Plausibility(increase)
