"""Virtual time moves only when an appointment is taken, and in one order only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_scenarios.virtual_time.timeline import Timeline

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_MINUTES = st.lists(st.integers(0, 50), max_size=30)


def _after(minutes: int) -> datetime:
    return _START + timedelta(minutes=minutes)


@given(minutes=_MINUTES)
def test_appointments_are_kept_in_order_and_those_of_one_moment_in_the_order_they_were_made(
    minutes: list[int],
) -> None:
    """Whatever the order of making, time never runs backwards."""
    timeline, kept = Timeline(_START), []
    for number, minute in enumerate(minutes):
        timeline.at(_after(minute), lambda number=number: kept.append((timeline.now(), number)))  # type: ignore[misc]
    while timeline.next_at() is not None:
        timeline.take_next()
    assert kept == sorted((_after(minute), number) for number, minute in enumerate(minutes))


def test_nothing_runs_by_itself() -> None:
    """Making an appointment keeps none, and time stands."""
    timeline, kept = Timeline(_START), []
    timeline.at(_after(1), lambda: kept.append("kept"))
    assert (timeline.now(), timeline.next_at(), kept) == (_START, _after(1), [])


def test_an_appointment_may_make_another_at_the_same_moment() -> None:
    """It comes after those that were made before it."""
    timeline, kept = Timeline(_START), []

    def first() -> None:
        kept.append("first")
        timeline.at(timeline.now(), lambda: kept.append("third"))

    timeline.at(_after(1), first)
    timeline.at(_after(1), lambda: kept.append("second"))
    while timeline.next_at() is not None:
        timeline.take_next()
    assert kept == ["first", "second", "third"]
    assert timeline.now() == _after(1)


def test_time_moves_up_to_an_appointment_and_not_past_it() -> None:
    """A skipped appointment would tell another story."""
    timeline = Timeline(_START)
    timeline.at(_after(2), lambda: None)
    timeline.move_to(_after(2))
    assert timeline.now() == _after(2)
    with pytest.raises(ValueError, match="past the appointment"):
        timeline.move_to(_after(3))
    assert timeline.now() == _after(2)
    timeline.take_next()
    timeline.move_to(_after(3))
    assert timeline.now() == _after(3)


def test_the_past_is_closed() -> None:
    """No appointment before now, and no way back."""
    timeline = Timeline(_after(5))
    with pytest.raises(ValueError, match="has passed"):
        timeline.at(_after(4), lambda: None)
    with pytest.raises(ValueError, match="cannot move"):
        timeline.move_to(_after(4))
    assert timeline.next_at() is None


def test_a_timeline_starts_at_an_aware_moment() -> None:
    """A moment without a time zone is no moment."""
    with pytest.raises(ValueError, match="aware"):
        Timeline(_START.replace(tzinfo=None))
