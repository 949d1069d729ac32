"""Meters never go backwards silently, and what is not credible is not billed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.fleet.guard import movement, outside_bounds

COUNTS = st.integers(0, 10**7)
MAYBE = st.none() | COUNTS
LIMIT = 999_999


@given(st.lists(st.tuples(MAYBE, COUNTS), max_size=6))
def test_meters_that_only_grow_move_forward(pairs: list[tuple[int | None, int]]) -> None:
    """Whatever they show, known before or not; standing still is forward too."""
    before = [old for old, _ in pairs]
    after = [None if old is None else old + growth for old, growth in pairs]
    assert movement(before, after, [None] * len(pairs)) == "forward"


@given(COUNTS, st.integers(1, 10**7), st.integers(0, 3), st.lists(COUNTS, min_size=3, max_size=3))
def test_one_meter_that_falls_is_enough(old: int, fall: int, place: int, others: list[int]) -> None:
    """A fall without a rollover value is backwards, wherever it stands and however the others move."""
    before = [*others[:place], old, *others[place:]]
    after = [*(other + 1 for other in others[:place]), max(old - fall, -1), *(other + 1 for other in others[place:])]
    assert movement(before, after, [None] * 4) == "backwards"


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (LIMIT, 1, "rollover"),
        (LIMIT - 50, 70, "rollover"),
        (900_001, 99_998, "rollover"),
        (900_000, 50, "backwards"),
        (LIMIT, 99_999, "backwards"),
        (500_000, 499_999, "backwards"),
        (LIMIT, LIMIT - 1, "backwards"),
        (50, 20, "backwards"),
        (LIMIT, LIMIT, "forward"),
        (0, LIMIT, "forward"),
    ],
)
def test_a_fall_is_a_rollover_only_near_the_limit(before: int, after: int, moved: str) -> None:
    """From the last tenth into the first tenth, and nowhere else."""
    assert movement([before], [after], [LIMIT]) == moved


def test_a_rollover_does_not_excuse_another_meters_fall() -> None:
    """The worst movement decides, in either order."""
    assert movement([LIMIT, 100], [3, 99], [LIMIT, None]) == "backwards"
    assert movement([100, LIMIT], [99, 3], [None, LIMIT]) == "backwards"
    assert movement([100, LIMIT], [100, 3], [None, LIMIT]) == "rollover"


def test_a_meter_that_is_not_shown_moves_nowhere() -> None:
    """A missing value is no fall; what follows it is for the caller to remember."""
    assert movement([100, None], [None, 5], [None, None]) == "forward"


def test_readings_of_different_layouts_are_never_compared() -> None:
    """Values that do not belong together pair up by no accident."""
    with pytest.raises(ValueError, match="zip"):
        movement([1, 2], [1], [None, None])


@given(last=MAYBE, growth=COUNTS, room=COUNTS)
def test_a_value_between_the_bounds_is_credible(last: int | None, growth: int, room: int) -> None:
    """At least what was billed, at most the ceiling, both included."""
    value = (last or 0) + growth
    assert outside_bounds(value, last=last, ceiling=value + room, rollover_at=None) is None
    assert outside_bounds(value, last=value, ceiling=value, rollover_at=None) is None


@given(value=COUNTS, excess=st.integers(1, 10**6))
def test_a_value_below_what_was_billed_is_not_credible(value: int, excess: int) -> None:
    """It says what was billed; only a counter that has just started again may be lower."""
    doubt = outside_bounds(value, last=value + excess, ceiling=None, rollover_at=None)
    assert doubt == f"less than the {value + excess} that was billed before"
    assert outside_bounds(value, last=value + excess, ceiling=None, rollover_at=LIMIT) is None


@given(value=st.integers(1, 10**7), excess=st.integers(1, 10**6), rollover_at=st.sampled_from([None, LIMIT]))
def test_a_value_above_the_ceiling_is_not_credible(value: int, excess: int, rollover_at: int | None) -> None:
    """A rollover does not lift the ceiling."""
    doubt = outside_bounds(value + excess, last=0, ceiling=value, rollover_at=rollover_at)
    assert doubt == f"more than the {value} that is credible"
