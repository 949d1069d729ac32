"""Supplies fall with what is printed and are exchanged when they run out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.printers.supplies import gauges
from esolutions_simulators.printers.usage import COUNT_NAMES
from tests.simulators.support.replies import replied
from tests.support.seen import some

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
    assert all(before < capacity * 0.03 and after > capacity * 0.97 for before, after in some(refills))


def test_a_low_supply_is_an_alert_and_a_state_of_the_printer(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The alert row and lowToner are there exactly while the toner is below a tenth of its capacity."""
    printer = make_printer("mono-workgroup")
    agent = SimulatedAgent(printer)
    asked = ["1.3.6.1.2.1.43.11.1.1.9.1.1", "1.3.6.1.2.1.43.18.1.1.7.1.1", "1.3.6.1.2.1.25.3.5.1.2.1"]
    seen = set()
    for day in range(120):
        level, alert, state = replied(agent.get(asked, (installed_at + timedelta(days=day)).timestamp()))
        assert isinstance(level, int)
        is_low = level < 3_000
        assert (alert == 1104) is is_low
        assert state == (b"\x20" if is_low else b"\x00")
        seen.add(is_low)
    assert seen == {True, False}


ALERT = "1.3.6.1.2.1.43.18.1.1"
ERRORS = "1.3.6.1.2.1.25.3.5.1.2.1"
# The kind of supply: the alert nearly at its end and at its end, and the bits of the error state for both.
WARNINGS = {
    "toner": (3, 1104, 1101, b"\x20", b"\x10"),
    "toner cartridge": (21, 1104, 1101, b"\x20", b"\x10"),
    "ink": (5, 1105, 1102, b"\x20", b"\x10"),
    "ink cartridge": (6, 1105, 1102, b"\x20", b"\x10"),
    "ribbon": (7, 1106, 1103, b"\x20", b"\x10"),
    "waste toner": (4, 1107, 1109, b"\x00", b"\x01"),
    "waste ink": (8, 1108, 1110, b"\x00", b"\x01"),
    "waste water": (24, 14, 15, b"\x00", b"\x01"),
    "drum": (9, 1111, 1112, b"\x00", b"\x00\x02"),
    "developer": (10, 1113, 1114, b"\x00", b"\x01"),
    "fuser": (15, 10, 11, b"\x00", b"\x00\x02"),
    "transfer unit": (20, 10, 11, b"\x00", b"\x00\x02"),
    "kit": (1, 10, 11, b"\x00", b"\x00\x02"),
    "staples": (32, 12, 13, b"\x00", b"\x01"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_each_kind_of_supply_has_warnings_of_its_own(name: str, installed_at: datetime) -> None:
    """IANA-PRINTER-MIB and RFC 2790: only toner and ink are lowToner; a full box and a worn part are something else."""
    kind, low_code, spent_code, low_state, spent_state = WARNINGS[name]
    plain = load_model("other-maker")
    supply = replace(plain.supplies[0], kind=kind, capacity=100, impressions=6_000, full=6_000, refill_below=0)
    printer = SimulatedPrinter(replace(plain, supplies=(supply,)), "ABC123456", 7, installed_at, "127.0.0.10")
    agent = SimulatedAgent(printer)
    seen = set()
    for hour in range(0, 200 * 24, 3):
        level, code, severity, text, state = replied(
            agent.get(
                ["1.3.6.1.2.1.43.11.1.1.9.1.1", *(f"{ALERT}.{column}.1.1" for column in (7, 2, 8)), ERRORS],
                (installed_at + hour * HOUR).timestamp(),
            )
        )
        assert isinstance(level, int)
        expected = (spent_code, 3, spent_state) if level == 0 else (low_code, 4, low_state)
        if level == 0 or code is not None:
            assert (code, severity, state) == expected
            assert isinstance(text, bytes)
            assert text.endswith(b": " + supply.description)
        else:
            assert (code, state) == (None, b"\x00")
            assert level >= 10
        seen.add(code)
    assert seen == {None, low_code, spent_code}


def test_what_several_supplies_say_is_said_together(installed_at: datetime) -> None:
    """Each bit is set by whichever supply has it, and cleared by none."""
    plain = load_model("colour-a3-mfp")
    agent = SimulatedAgent(SimulatedPrinter(plain, "ABC123456", 7, installed_at, "127.0.0.10"))
    states = set()
    for day in range(400):
        at = (installed_at + timedelta(days=day)).timestamp()
        walked = {oid: value for oid, _, value in agent.rows_at(at)}
        codes = {value for oid, value in walked.items() if oid.startswith(f"{ALERT}.7.")}
        assert (walked[ERRORS] == b"\x20") is (1104 in codes)
        states.add((walked[ERRORS], bool(codes)))
    assert states == {(b"\x00", False), (b"\x00", True), (b"\x20", True)}
