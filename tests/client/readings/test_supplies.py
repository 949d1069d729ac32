import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.supplies import judge_supply

NUMBERS = st.one_of(st.none(), st.integers(-5, 300_000), st.integers())


@pytest.mark.parametrize(
    ("level", "capacity", "unit", "judged"),
    [
        (1060, 5300, "impressions", (5300, 1060, 20, "low")),
        (1113, 5300, "impressions", (5300, 1113, 21, "ok")),
        (0, 5300, "impressions", (5300, 0, 0, "empty")),
        (120, 100, "percent", (100, 120, 100, "ok")),
        (-3, -2, None, (None, None, None, "some-remaining")),
        (-2, 100, None, (100, None, None, "unknown")),
        (-1, -1, None, (None, None, None, "other")),
        (None, 100, None, (100, None, None, "unknown")),
        (-7, 100, None, (100, None, None, "unknown")),
        (37, -2, "percent", (None, 37, 37, "ok")),
        (37, -2, "sheets", (None, 37, None, "some-remaining")),
        (0, None, None, (None, 0, None, "empty")),
        (0, 0, "sheets", (None, 0, None, "unknown")),
    ],
)
def test_the_sentinels_of_the_printer_mib_are_states_and_never_percentages(
    level: int | None, capacity: int | None, unit: str | None, judged: tuple[object, ...]
) -> None:
    """RFC 3805 gives -1, -2 and -3 a meaning of their own; a capacity may be unknown, too."""
    assert judge_supply(level, capacity, unit) == judged


@given(NUMBERS, NUMBERS, st.sampled_from([None, "percent", "impressions"]), st.integers(0, 100))
def test_unknown_numbers_are_none_and_never_negative(
    level: int | None, capacity: int | None, unit: str | None, low_percent: int
) -> None:
    """Whatever the numbers, a percentage is 0 to 100 and exists only for supplies that are ok, low or empty."""
    known_capacity, known_level, percent, state = judge_supply(level, capacity, unit, low_percent)
    assert known_capacity is None or known_capacity > 0
    assert known_level is None or known_level >= 0
    assert percent is None or 0 <= percent <= 100
    assert (percent is not None) == (state in ("ok", "low") or (state == "empty" and percent == 0))
    assert state != "low" or (percent is not None and percent <= low_percent)


def test_the_threshold_for_low_is_the_callers() -> None:
    """A site may want to hear earlier or later."""
    assert judge_supply(30, 100, None, low_percent=30)[3] == "low"
    assert judge_supply(30, 100, None, low_percent=29)[3] == "ok"
