"""What may be billed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.billing.plausibility import (
    LARGEST_COUNTER,
    LastReading,
    MeterValue,
    check_plausibility,
    max_plausible,
)

counters = st.integers(0, LARGEST_COUNTER)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(counters, counters, st.none() | counters, st.integers(0, LARGEST_COUNTER))
def test_nothing_negative_or_incredible_is_ever_billed(
    last: int, value: int, rollover: int | None, credible: int
) -> None:
    """Whatever a device shows, the billed impressions are between zero and what is credible."""
    verdict = check_plausibility(MeterValue("Total", value, rollover), LastReading(last, NOON), credible)
    assert verdict.is_held or 0 <= verdict.impressions <= credible
    assert not (verdict.is_held and verdict.impressions)


@given(counters)
def test_an_unchanged_meter_bills_nothing(value: int) -> None:
    """No use, no impressions."""
    verdict = check_plausibility(MeterValue("Total", value), LastReading(value, NOON), 0)
    assert (verdict.impressions, verdict.is_held) == (0, False)


def test_a_counter_that_runs_backwards_is_held() -> None:
    """A lower value without a rollover is for a person to look at."""
    assert check_plausibility(MeterValue("Total", 99), LastReading(100, NOON), 1000).is_held


def test_a_counter_that_rolls_over_bills_what_was_counted() -> None:
    """After 999999 the next impression shows 1: from 999990 to 10 are 19 impressions."""
    assert check_plausibility(MeterValue("Total", 10, 999_999), LastReading(999_990, NOON), 1000).impressions == 19


def test_a_rollover_below_the_last_value_explains_nothing() -> None:
    """A counter cannot roll over at a value it has passed."""
    assert check_plausibility(MeterValue("Total", 10, 500), LastReading(600, NOON), 1000).is_held


def test_the_first_value_of_a_meter_starts_it() -> None:
    """Nothing is billed for what a meter showed before anybody asked."""
    assert check_plausibility(MeterValue("Total", 5_000_000), None, 0).impressions == 0


def test_the_ceiling_of_a_seven_digit_counter_has_seven_digits() -> None:
    """A quarter at thirty a minute keeps a counter of up to five million below ten million."""
    assert max_plausible(LastReading(5_000_000, NOON), NOON + timedelta(days=95), 30) < 10_000_000


@given(counters, st.integers(-100, 10**6))
def test_the_ceiling_is_never_below_the_last_value(last: int, days: int) -> None:
    """Even for a moment before the last reading, and never above what a counter holds."""
    highest = max_plausible(LastReading(last, NOON), NOON + timedelta(days=days), 30)
    assert last <= highest <= LARGEST_COUNTER
