"""A serial number alone proves nothing: what differs besides it tells machines apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.fleet.sameness import (
    MOST_PAGES_A_MINUTE,
    Count,
    Evidence,
    is_same_machine,
    is_still_there,
)

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NAMES = st.sampled_from(["Total Impressions", "Black Impressions", "Sheets", "Marker Life Count"])
ADDRESSES = st.frozensets(st.integers(1, 40).map("02{:010x}".format), max_size=3)
METERS = st.dictionaries(NAMES, st.builds(Count, st.integers(0, 10**6)), max_size=4)
EVIDENCE = st.builds(Evidence, st.sampled_from([None, "A", "B"]), ADDRESSES, METERS, st.sampled_from([None, START]))
MINUTES = st.integers(0, 60 * 24 * 90)


def _later(known: Evidence, minutes: int, pages_a_minute: int) -> Evidence:
    """Return the same machine some time later."""
    grown = {name: Count(count.value + minutes * pages_a_minute) for name, count in known.meters.items()}
    seen_at = None if known.seen_at is None else known.seen_at + timedelta(minutes=minutes)
    return replace(known, meters=grown, seen_at=seen_at)


@given(EVIDENCE, MINUTES, st.integers(0, MOST_PAGES_A_MINUTE))
def test_a_machine_that_only_went_on_printing_is_the_same(known: Evidence, minutes: int, pace: int) -> None:
    """Wherever it is found, as long as no printer is slower than it would have to be."""
    shown = _later(known, minutes, pace)
    assert is_same_machine(known, shown).is_same
    assert is_still_there(known, shown).is_same


@given(EVIDENCE, EVIDENCE)
def test_two_machines_with_different_hardware_addresses_are_two(one: Evidence, other: Evidence) -> None:
    """Whatever else they have in common, at whichever address."""
    if not one.hardware_addresses or not other.hardware_addresses or one.hardware_addresses & other.hardware_addresses:
        return
    assert is_same_machine(one, other) == is_still_there(one, other) == (False, "its hardware address is another")


@given(EVIDENCE, EVIDENCE)
def test_one_interface_in_common_is_one_machine(one: Evidence, other: Evidence) -> None:
    """A printer may be met by its other interface: where it was, nothing else is asked for then."""
    shared = replace(other, hardware_addresses=other.hardware_addresses | {"02ffffffffff"})
    known = replace(one, hardware_addresses=one.hardware_addresses | {"02ffffffffff"})
    assert is_still_there(known, shared).is_same


@given(EVIDENCE, NAMES, st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_counter_that_fell_on_the_way_is_another_machines(known: Evidence, name: str, before: int, fall: int) -> None:
    """Unless its printer says that it had to start again there."""
    one = replace(known, meters={**known.meters, name: Count(before)})
    other = replace(one, meters={**one.meters, name: Count(max(before - fall, 0))})
    assert not is_same_machine(one, other).is_same
    near, far = replace(one, meters={name: Count(999_990)}), replace(one, meters={name: Count(7, 999_999)})
    assert is_same_machine(near, far).is_same


@given(EVIDENCE)
def test_what_is_unknown_contradicts_nothing(known: Evidence) -> None:
    """A printer that shows little is not another one for that."""
    assert is_same_machine(known, Evidence()).is_same
    assert is_same_machine(Evidence(), known).is_same
    assert is_still_there(known, Evidence()).is_same


@pytest.mark.parametrize(("minutes", "is_same"), [(0, False), (1, True), (-60, True)])
def test_a_counter_cannot_leap(minutes: int, is_same: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """1,000 pages in no time are another machine's; a clock that was set back tells nothing."""
    known = Evidence("A", meters={"Sheets": Count(31_000)}, seen_at=START)
    shown = Evidence("A", meters={"Sheets": Count(32_000)}, seen_at=START + timedelta(minutes=minutes))
    assert is_same_machine(known, shown).is_same is is_same
    assert is_still_there(known, shown).is_same is is_same


def test_what_counts_no_pages_may_leap() -> None:
    """Dot rows and feet go by faster than pages."""
    known = Evidence("A", meters={"Marker Life Count": Count(1)}, seen_at=START)
    shown = Evidence("A", meters={"Marker Life Count": Count(10**9, is_of_pages=False)}, seen_at=START)
    assert is_same_machine(known, shown).is_same


def test_a_model_is_compared_in_any_case_and_firmware_may_rename_it() -> None:
    """Another model at another address is another machine; a known hardware address outweighs its name at home."""
    named = Evidence("LaserJet 4250", frozenset({"020000000001"}))
    assert is_same_machine(named, replace(named, model="laserjet 4250")).is_same
    assert is_same_machine(named, replace(named, model="LaserJet 9000")).reason == (
        "its model is LaserJet 9000, not LaserJet 4250"
    )
    assert is_still_there(named, replace(named, model="LaserJet 4250 series")).is_same
    assert not is_still_there(replace(named, hardware_addresses=frozenset()), replace(named, model="Other")).is_same
