"""One spelling for each value, read back as it was, and nothing else accepted."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.wire.lexical import format_datetime, format_span, format_time_of_day, parse_datetime, parse_span

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - aware by timezones


@given(MOMENTS)
def test_a_moment_is_read_back_to_the_second(moment: datetime) -> None:
    """Always 20 characters, whatever the zone it was known in."""
    text = format_datetime(moment)
    assert len(text) == 20
    assert parse_datetime(text) == moment.astimezone(UTC).replace(microsecond=0)


def test_the_year_has_four_digits() -> None:
    """On every platform."""
    assert format_datetime(datetime(987, 1, 2, 3, 4, 5, tzinfo=UTC)) == "0987-01-02T03:04:05Z"


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    """A server may spell its offset."""
    assert parse_datetime("2026-01-31T23:59:59-05:00") == datetime(2026, 2, 1, 4, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-01-31T23:59:59", "2026-02-30T00:00:00Z", "yesterday", "", "2026-01-31 25:00Z"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Above all a moment whose zone one would have to guess."""
    with pytest.raises(ValueError, match=r".+"):
        parse_datetime(text)


@given(st.integers(0, 999_999))
def test_a_span_is_read_back(amount: int) -> None:
    """In seconds, minutes, hours or days, each in one unit."""
    for unit, length in (("S", timedelta(seconds=1)), ("M", timedelta(minutes=1)), ("H", timedelta(hours=1))):
        assert parse_span(format_span(length * amount, unit)) == length * amount
    assert parse_span(format_span(timedelta(days=amount % 10_000), "D")) == timedelta(days=amount % 10_000)


@pytest.mark.parametrize(
    ("span", "unit", "text"),
    [
        (timedelta(hours=2), "S", "PT7200S"),
        (timedelta(hours=1), "H", "PT1H"),
        (timedelta(minutes=5), "M", "PT5M"),
        (timedelta(days=7), "D", "P7D"),
        (timedelta(0), "S", "PT0S"),
    ],
)
def test_how_spans_are_spelled(span: timedelta, unit: str, text: str) -> None:
    """XML Schema part 2, duration."""
    assert format_span(span, unit) == text


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1Y", "PT1H30M", "P1DT2H", "-PT5S", "PT5.5S", "7200", "PT1234567S", "P12345D", "PT٣S"]
)
def test_a_span_in_more_than_one_unit_is_refused(text: str) -> None:
    """It would have two spellings."""
    with pytest.raises(ValueError, match="is not of the form"):
        parse_span(text)


@given(st.times())
def test_a_time_of_day_has_nine_characters(moment: time) -> None:
    """In UTC, to the second."""
    text = format_time_of_day(moment)
    assert len(text) == 9
    assert time.fromisoformat(text) == moment.replace(microsecond=0, tzinfo=UTC)
