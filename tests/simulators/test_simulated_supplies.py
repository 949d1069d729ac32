"""Supplies fall with what is printed and are exchanged when they run out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.agent import SimulatedAgent
from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printer import SimulatedPrinter
from esolutions_simulators.supplies import gauges
from esolutions_simulators.usage import COUNT_NAMES

HOUR = timedelta(hours=1)


@given(st.sampled_from(model_names()), st.integers(0, 2**32 - 1), st.integers(0, 10**7))
def test_a_level_is_never_below_zero_nor_above_its_capacity(model: str, seed: int, printed: int) -> None:
    """Whatever was printed, a level stays within its container."""
    supplies = load_model(model).supplies
    for supply, gauge in zip(supplies, gauges(supplies, seed), strict=True):
        assert 0 <= gauge.level_at((printed,) * len(COUNT_NAMES)) <= max(supply.capacity, 0)


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**7))
def test_the_nominal_levels_have_four_digits_and_are_never_low(seed: int, printed: int) -> None:
    """Each of the five levels is at least three tenths of its capacity of 20000, and below 10000."""
    supplies = load_model("nominal").supplies
    counts = (printed,) * len(COUNT_NAMES)
    assert {supply.capacity for supply in supplies} == {20_000}
    for gauge in gauges(supplies, seed):
        assert 6_000 <= gauge.level_at(counts) <= 9_999
        assert not gauge.is_low_at(counts)


def test_toner_falls_and_is_refilled_when_almost_empty(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """Over a year a level only falls, but for jumps from nearly empty to full."""
    printer = make_printer("mono-workgroup")
    name, capacity = "Black Toner Cartridge, PN 006R01046", 30_000
    levels = [printer.supply_levels_at(installed_at + hour * HOUR)[name] for hour in range(365 * 24)]
    refills = [(before, after) for before, after in pairwise(levels) if after > before]
    assert len(refills) > 2
    assert all(before < capacity * 0.03 and after > capacity * 0.97 for before, after in refills)


def test_a_low_supply_is_an_alert_and_a_state_of_the_printer(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The alert row and lowToner are there exactly while the level is below a tenth of the capacity."""
    printer = make_printer("mono-workgroup")
    agent = SimulatedAgent(printer)
    asked = ["1.3.6.1.2.1.43.11.1.1.9.1.1", "1.3.6.1.2.1.43.18.1.1.7.1.1", "1.3.6.1.2.1.25.3.5.1.2.1"]
    seen = set()
    for day in range(120):
        level, alert, state = agent.get(asked, (installed_at + timedelta(days=day)).timestamp()) or ()
        assert isinstance(level, int)
        is_low = level < 3_000
        assert (alert == 1104) is is_low
        # Another supply may be low as well.
        assert state == b"\x20" or not is_low
        seen.add(is_low)
    assert seen == {True, False}
