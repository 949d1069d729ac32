"""What the clock of a testbed shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.testbed_time import FASTEST, LATEST, ClockError, ClockState, parse_span

REAL = datetime(2026, 11, 28, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SPANS = st.timedeltas(timedelta(0), timedelta(days=400))


@given(shown=MOMENTS, speed=st.floats(0, FASTEST), later=SPANS)
def test_a_clock_goes_as_fast_as_it_was_set(shown: datetime, speed: float, later: timedelta) -> None:
    """From where it was set; up to the last moment that the wire knows."""
    setting = ClockState.real(REAL).moved(shown, REAL).at_speed(speed, REAL)
    assert setting.at(REAL) == shown
    expected = later.total_seconds() * speed
    reached = setting.at(REAL + later)
    assert reached == LATEST or abs((reached - shown).total_seconds() - expected) < 1


@given(shown=MOMENTS, speeds=st.lists(st.floats(0, FASTEST), min_size=1, max_size=5), pause=SPANS)
def test_a_change_of_speed_moves_nothing(shown: datetime, speeds: list[float], pause: timedelta) -> None:
    """What it shows is the same before and after."""
    setting, now = ClockState.real(REAL).moved(shown, REAL), REAL
    for speed in speeds:
        now += pause
        before = setting.at(now)
        setting = setting.at_speed(speed, now)
        assert setting.at(now) == before


@given(shown=MOMENTS, speed=st.floats(0, FASTEST))
def test_a_setting_outlasts_the_program(shown: datetime, speed: float) -> None:
    """Written down and read again it shows the same."""
    setting = ClockState.real(REAL).moved(shown, REAL).at_speed(speed, REAL)
    assert ClockState.from_document(setting.to_document()) == setting


def test_a_clock_that_nobody_set_is_the_real_one() -> None:
    """However much later."""
    assert ClockState.real(REAL).at(REAL + timedelta(days=9)) == REAL + timedelta(days=9)


@pytest.mark.parametrize("speed", [-1, FASTEST + 1, float("nan")])
def test_no_clock_goes_backwards_or_without_bound(speed: float) -> None:
    """Nor at a speed that is no number."""
    with pytest.raises(ClockError, match="times as fast"):
        ClockState.real(REAL).at_speed(speed, REAL)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001 - that is the point
        (datetime(1969, 1, 1, tzinfo=UTC), "between"),
        (datetime(2200, 1, 1, tzinfo=UTC), "between"),
    ],
)
def test_a_moment_that_the_wire_cannot_carry_is_none(moment: datetime, said: str) -> None:
    """It is refused with what it could be."""
    with pytest.raises(ClockError, match=said):
        ClockState.real(REAL).moved(moment, REAL)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("2h", 7200), ("30d", 2592000), ("1d12h", 129600), ("2W", 1209600)]
)
def test_a_span_is_numbers_with_units(text: str, seconds: int) -> None:
    """As people write them."""
    assert parse_span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "5", "h", "1x", "1h5", "-1h", "1.5h", "٣h", "9" * 30 + "s"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    """With an example of one."""
    with pytest.raises(ClockError, match="1d12h"):
        parse_span(text)
