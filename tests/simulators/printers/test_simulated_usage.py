"""The counters of a printer are a pure, monotone function of time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printers.usage import COUNT_NAMES, Usage, UsageProfile, count_index

INSTALLED = 1_767_600_000
TEN_YEARS_S = 10 * 365 * 86_400
DAY_S = 86_400

models = st.sampled_from(model_names())
seeds = st.integers(0, 2**32 - 1)
moments = st.integers(INSTALLED - 30 * DAY_S, INSTALLED + TEN_YEARS_S)


def usage_of(model: str, seed: int) -> Usage:
    """Return the usage of a model's printer that was installed at INSTALLED."""
    return Usage(load_model(model).usage, seed, INSTALLED)


@given(models, seeds, moments, st.integers(0, 40 * DAY_S))
def test_no_counter_ever_runs_backwards(model: str, seed: int, moment: int, later: int) -> None:
    """Whatever the time between two looks, no count is less at the second."""
    usage = usage_of(model, seed)
    assert all(a <= b for a, b in zip(usage.counts_at(moment), usage.counts_at(moment + later), strict=True))


@given(models, seeds, moments)
def test_the_sums_hold_at_every_moment(model: str, seed: int, moment: int) -> None:
    """Total is black and colour exactly; black and colour are what was printed, copied and faxed."""
    counts = dict(zip(COUNT_NAMES, usage_of(model, seed).counts_at(moment), strict=True))
    assert counts["total"] == counts["black"] + counts["color"]
    assert counts["black"] == counts["printed_black"] + counts["copied_black"] + counts["faxed"]
    assert counts["color"] == counts["printed_color"] + counts["copied_color"]
    assert counts["large"] == counts["large_black"] + counts["large_color"]
    assert counts["life"] == counts["total"] + counts["service"]


@given(models, seeds, moments)
def test_no_sheet_has_more_than_two_sides_or_none(model: str, seed: int, moment: int) -> None:
    """Sheets are at least half of the sides, and at most as many."""
    counts = dict(zip(COUNT_NAMES, usage_of(model, seed).counts_at(moment), strict=True))
    assert counts["sheets"] <= counts["total"] <= 2 * counts["sheets"]


@pytest.mark.parametrize("model", ["nominal", "colour-a3-mfp", "mono-workgroup"])
def test_offices_print_on_both_sides_as_they_like(model: str) -> None:
    """Among printers of a model some use a sheet for nearly every side, some hardly more than one for two."""
    shares = []
    for seed in range(200):
        first, last = (usage_of(model, seed).counts_at(INSTALLED + days * DAY_S) for days in (0, 365))
        sides, sheets = (last[count_index(name)] - first[count_index(name)] for name in ("total", "sheets"))
        shares.append(sheets / sides)
    assert min(shares) < 0.55
    assert max(shares) > 0.8


steps = st.lists(st.sampled_from((-3, -1, -0.3, 0, 0.3, 1, 2)) | st.floats(-3_000, 3_000), max_size=5)


@given(models, seeds, moments, steps)
def test_the_order_of_the_questions_changes_no_answer(model: str, seed: int, moment: int, days: list[float]) -> None:
    """A usage that was asked about other moments before, a day away or years, answers as a fresh one."""
    asked = usage_of(model, seed)
    for step in (0.0, *days):
        moment += int(step * DAY_S)
        assert asked.counts_at(moment) == usage_of(model, seed).counts_at(moment)


@pytest.mark.parametrize("model", model_names())
def test_every_printer_prints_about_as_much_as_its_profile_says(model: str) -> None:
    """Over a year of weekdays the total grows within the range that the profile allows."""
    profile = load_model(model).usage
    usage = usage_of(model, 3)
    grown = usage.counts_at(INSTALLED + 364 * DAY_S)[0] - usage.counts_at(INSTALLED)[0]
    lowest, highest = (sum(volume[end] for volume in profile.per_weekday[:5]) for end in (0, 1))
    # 52 weeks of five weekdays and a Saturday of at most a fifth of one.
    assert 259 * lowest <= grown <= 52 * 5.2 * highest + highest


def test_nothing_is_printed_at_night_or_on_a_sunday() -> None:
    """The total stands still from 22:00 to 05:00 and through a Sunday."""
    usage = usage_of("nominal", 1)
    monday = INSTALLED // DAY_S * DAY_S
    evening = monday + 22 * 3600
    sunday = monday + 6 * DAY_S
    assert usage.counts_at(evening) == usage.counts_at(evening + 7 * 3600)
    assert usage.counts_at(sunday) == usage.counts_at(sunday + DAY_S)
    assert usage.counts_at(monday + 8 * 3600) < usage.counts_at(monday + 16 * 3600)


@given(seeds, st.integers(0, TEN_YEARS_S))
def test_the_nominal_counters_have_seven_digits_for_ten_years(seed: int, after: int) -> None:
    """Each of the five meters shows exactly seven digits whenever it is read."""
    counts = usage_of("nominal", seed).counts_at(INSTALLED + after)
    shown = [counts[count_index(name)] for name in ("total", "black", "color", "large", "faxed")]
    assert all(1_000_000 <= value <= 9_999_999 for value in shown)


def test_two_seeds_make_two_printers() -> None:
    """A year of one seed is not a year of the other."""
    moment = INSTALLED + int(timedelta(days=365).total_seconds())
    assert usage_of("nominal", 1).counts_at(moment) != usage_of("nominal", 2).counts_at(moment)


@pytest.mark.parametrize(
    ("ranges", "hours", "sunday"),
    [(9, (1,) * 24, 0), (10, (1,) * 23, 0), (10, (0,) * 24, 0), (10, (1,) * 24, 21)],
)
def test_a_profile_that_does_not_fit_together_is_refused(ranges: int, hours: tuple[int, ...], sunday: int) -> None:
    """A missing stream, a missing hour, a day without work and a Sunday longer than a weekday are errors."""
    with pytest.raises(ValueError, match=r"range|hours|sunday"):
        UsageProfile(((0, 1),) * ranges, ((0, 1),) * 10, hours, sunday=sunday)
