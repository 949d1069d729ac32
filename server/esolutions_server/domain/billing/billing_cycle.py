"""Say when the billing periods of a contract end.

A period ends at local midnight, at the start of its anchor day, in the time
zone of the contract; in a month that is too short it ends at the month end, on
the last day, and the month after it goes back to the anchor day. Which periods
were billed is not known here.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BillingCycle", "Frequency", "Period"]

MONTHS_IN_A_YEAR = 12


class Frequency(StrEnum):
    """How often a contract asks for meter readings; the values are those of the wire."""

    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"
    SEMI_ANNUAL = "SemiAnnual"

    @property
    def months(self) -> int:
        """The length of a period in months."""
        return MONTHS_PER_PERIOD[self]


MONTHS_PER_PERIOD = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.SEMI_ANNUAL: 6}


@dataclass(frozen=True, slots=True)
class Period:
    """The time between two period ends; both are aware UTC, the end is excluded."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BillingCycle:
    """The rhythm of one contract.

    Attributes:
        frequency: monthly, quarterly or semi-annual.
        anchor_day: the day of the month, 1 to 31, on which periods end.
        time_zone: an IANA name, such as "Europe/Paris".
        anchor_month: a month, 1 to 12, in which a period ends.
    """

    frequency: Frequency
    anchor_day: int = 1
    time_zone: str = "UTC"
    anchor_month: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.anchor_day <= 31:
            raise ValueError(f"the anchor day is 1 to 31, not {self.anchor_day}")
        if not 1 <= self.anchor_month <= MONTHS_IN_A_YEAR:
            raise ValueError(f"the anchor month is 1 to 12, not {self.anchor_month}")

    def periods_after(self, at: datetime) -> Iterator[Period]:
        """Yield, without end, the periods that end after `at`, oldest first."""
        number = self._number_of_period_around(at)
        while True:
            yield Period(self._end(number - 1), self._end(number))
            number += 1

    def period_around(self, at: datetime) -> Period:
        """Return the period in which `at` lies."""
        return next(self.periods_after(at))

    def next_end(self, at: datetime) -> datetime:
        """Return the first period end after `at`."""
        return self.period_around(at).end

    def _number_of_period_around(self, at: datetime) -> int:
        local = at.astimezone(ZoneInfo(self.time_zone))
        months = local.year * MONTHS_IN_A_YEAR + local.month - self.anchor_month
        # One period early, so that a short month or a time zone cannot skip one.
        number = months // self.frequency.months - 1
        while self._end(number) <= at:
            number += 1
        return number

    def _end(self, number: int) -> datetime:
        month_index = number * self.frequency.months + self.anchor_month - 1
        year, month0 = divmod(month_index, MONTHS_IN_A_YEAR)
        day = min(self.anchor_day, monthrange(year, month0 + 1)[1])
        # Where a clock change skips midnight, fold=0 gives the time of the change: the day's first.
        return datetime(year, month0 + 1, day, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
