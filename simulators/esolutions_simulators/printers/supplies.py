"""Tell how full a supply is, as a pure function of what was printed.

A level falls with the count it serves and is full again when it has come
near its end: a person put in a new one. Sentinels are not levels and are the
row's business (esolutions_simulators.mib.printer).
"""

from random import Random
from typing import NamedTuple

from esolutions_simulators.models.schema import Supply
from esolutions_simulators.printers.usage import Counts, count_index

__all__ = ["Gauge", "gauges"]

# A supply raises the low-supply alert when less than this part of it is left.
_LOW_PART = 10


class Gauge(NamedTuple):
    """One supply of one machine: the place of the count that drains it, and how far it was when that count was 0."""

    drain: int
    phase: int
    span: int
    full: int
    capacity: int
    impressions: int

    def level_at(self, counts: Counts) -> int:
        """Return the level in the supply's own unit, from 0 to its capacity."""
        left = self.full - (self.phase + counts[self.drain]) % self.span
        return left * self.capacity // self.impressions

    def is_low_at(self, counts: Counts) -> bool:
        """Tell whether the machine warns of this supply."""
        left = self.full - (self.phase + counts[self.drain]) % self.span
        return left * _LOW_PART < self.impressions

    def is_spent_at(self, counts: Counts) -> bool:
        """Tell whether nothing is left of this supply, or no room in it."""
        return self.level_at(counts) == 0


def gauges(supplies: tuple[Supply, ...], seed: int) -> tuple[Gauge, ...]:
    """Return the gauges of one machine, each somewhere in the life of its supply."""
    random = Random(f"supplies/{seed}")  # noqa: S311 -- a simulation, not a secret
    made = []
    for supply in supplies:
        span = supply.full - supply.refill_below + 1
        phase = random.randrange(span)
        made.append(
            Gauge(count_index(supply.count), phase, span, supply.full, max(supply.capacity, 0), supply.impressions)
        )
    return tuple(made)
