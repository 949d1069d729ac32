"""When billing periods end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Africa/Cairo", "Pacific/Kiritimati", "America/Sao_Paulo")
cycles = st.builds(
    BillingCycle,
    frequency=st.sampled_from(Frequency),
    anchor_day=st.integers(1, 31),
    time_zone=st.sampled_from(ZONES),
    anchor_month=st.integers(1, 12),
)
moments = st.integers(946_684_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def ends(cycle: BillingCycle, start: datetime, count: int) -> list[str]:
    """Return the local dates of the next period ends."""
    zone = ZoneInfo(cycle.time_zone)
    return [f"{period.end.astimezone(zone):%Y-%m-%d %H:%M}" for period in islice(cycle.periods_after(start), count)]


def test_a_month_that_is_too_short_ends_its_period_on_its_last_day() -> None:
    """31 January is followed by 28 or 29 February and again by 31 March."""
    cycle = BillingCycle(Frequency.MONTHLY, 31)
    assert ends(cycle, datetime(2027, 1, 1, tzinfo=UTC), 3) == [
        "2027-01-31 00:00",
        "2027-02-28 00:00",
        "2027-03-31 00:00",
    ]
    assert ends(cycle, datetime(2028, 2, 1, tzinfo=UTC), 2) == ["2028-02-29 00:00", "2028-03-31 00:00"]


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (Frequency.QUARTERLY, ["2026-04-01 00:00", "2026-07-01 00:00", "2026-10-01 00:00"]),
        (Frequency.SEMI_ANNUAL, ["2026-07-01 00:00", "2027-01-01 00:00", "2027-07-01 00:00"]),
    ],
)
def test_longer_periods_end_every_third_or_sixth_month(frequency: Frequency, expected: list[str]) -> None:
    """Quarters and half years are those of the calendar, unless the contract says otherwise."""
    assert ends(BillingCycle(frequency), datetime(2026, 1, 2, tzinfo=UTC), 3) == expected


def test_a_period_ends_at_local_midnight_in_summer_and_winter() -> None:
    """The moment in UTC moves with the clocks of the contract's time zone."""
    cycle = BillingCycle(Frequency.MONTHLY, 1, "Europe/Paris")
    periods = list(islice(cycle.periods_after(datetime(2026, 3, 2, tzinfo=UTC)), 8))
    assert {period.end.hour for period in periods} == {22, 23}


def test_a_midnight_that_the_clocks_skip_is_the_moment_of_the_change() -> None:
    """In Cairo, 28 April 2023 began at one o'clock."""
    cycle = BillingCycle(Frequency.MONTHLY, 28, "Africa/Cairo")
    assert cycle.next_end(datetime(2023, 4, 20, tzinfo=UTC)) == datetime(2023, 4, 27, 22, tzinfo=UTC)


@given(cycles, moments)
def test_no_period_is_lost_or_doubled(cycle: BillingCycle, moment: datetime) -> None:
    """Each period begins where the one before ended, and the first holds the moment."""
    periods = list(islice(cycle.periods_after(moment), 30))
    assert periods[0].start <= moment < periods[0].end
    assert all(earlier.end == later.start < later.end for earlier, later in pairwise(periods))


@given(cycles, moments)
def test_periods_keep_their_length_over_the_years(cycle: BillingCycle, moment: datetime) -> None:
    """Twelve months of periods end a year after they began, on the same day or the end of February."""
    count = 12 // cycle.frequency.months
    zone = ZoneInfo(cycle.time_zone)
    first, *_, last = islice(cycle.periods_after(moment), count)
    begin, end = first.start.astimezone(zone), last.end.astimezone(zone)
    assert (end.year - begin.year, end.month) == (1, begin.month)
    assert abs(end.day - begin.day) <= 1


@given(cycles, moments)
def test_a_period_is_the_same_from_wherever_it_is_asked_for(cycle: BillingCycle, moment: datetime) -> None:
    """Asking a moment before a period's end, or at it, gives neighbours."""
    period = cycle.period_around(moment)
    assert cycle.period_around(period.end - timedelta(seconds=1)) == period
    assert cycle.period_around(period.end).start == period.end


@pytest.mark.parametrize(("day", "month"), [(0, 1), (32, 1), (1, 0), (1, 13)])
def test_an_impossible_anchor_is_refused(day: int, month: int) -> None:
    """A contract cannot end its periods on a day that no month has."""
    with pytest.raises(ValueError, match="anchor"):
        BillingCycle(Frequency.MONTHLY, day, "UTC", month)
