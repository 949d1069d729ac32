"""Rows that are not there, NULL, of a wrong type or undecodable: each is skipped alone, and hides no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esolutions_client.snmp.errors import LayoutChangedError
from esolutions_client.snmp.pdus import Request, Unreadable, Value, run
from esolutions_client.snmp.queries import walk
from esolutions_client.snmp.replay import ReplayPort
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.known_rows import keep_known_rows
from esolutions_client.snmp.rows.layout import Layout, steady

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import SimpleNamespace

Rows = dict[str, Value]
NULL = Unreadable("NULL")
XCMI = "1.3.6.1.4.1.253.8.53.13.2.1"
SUPPLIES = "1.3.6.1.2.1.43.11.1.1"
COLOR = f"{XCMI}.6.1.20.33"
COLOR_NAME = f"{XCMI}.8.1.20.33"
DRUM_LEVEL = f"{SUPPLIES}.9.1.5"
# Anything an agent may put into a row.
VALUES = st.one_of(
    st.none(),
    st.just(NULL),
    st.just(Unreadable("a Counter32 of four octets")),
    st.integers(-(2**31), 2**64 - 1),
    st.sampled_from([-100, 0, 2**31 - 1, 2_829_492, 2**64 - 1]),
    st.binary(max_size=80),
    st.just("1.3.6.1"),
)


def met(rows: Rows, now: Callable[[], datetime]) -> Identified:
    """Identify a printer with these rows."""
    return run(identify(now=now), ReplayPort({oid: value for oid, value in rows.items() if value is not None}).answer)


def answer(rows: Rows) -> Callable[[Request], list[Value] | list[tuple[str, Value]]]:
    """Answer as an agent does that has the rows with a value other than None."""
    return ReplayPort({oid: value for oid, value in rows.items() if value is not None}).answer


@pytest.mark.parametrize("rows_at_once", [1, 3, 16])
def test_a_walk_goes_on_behind_a_null(rows_at_once: int) -> None:
    """A NULL is a row, and the end of nothing."""
    rows: Rows = {"1.3.1": 1, "1.3.2": NULL, "1.3.3": b"x", "1.3.4": NULL, "1.3.5": 5, "1.4.1": 9}
    assert run(walk("1.3", rows_at_once=rows_at_once), ReplayPort(rows).answer) == {
        "1": 1,
        "2": NULL,
        "3": b"x",
        "4": NULL,
        "5": 5,
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_one_row_holds_every_other_one_is_read(
    data: st.DataObject, xerox: Rows, now: Callable[[], datetime]
) -> None:
    """The promise of the tables: a bad value costs its own row, nothing else."""
    good = met(xerox, now).reading
    tables = [oid for oid in xerox if oid.startswith((f"{XCMI}.6.1.20", f"{XCMI}.8.1.20", SUPPLIES))]
    broken = data.draw(st.dictionaries(st.sampled_from(tables), VALUES, max_size=6))
    reading = met(xerox | broken, now).reading
    # A row is the part behind the column: its name and its value belong together.
    rows = {oid.removeprefix(f"{XCMI}.8").removeprefix(f"{XCMI}.6") for oid in broken}
    for meter in good.meters:
        if meter.oid.removeprefix(f"{XCMI}.6") not in rows:
            assert meter in reading.meters
    indexes = {oid.rpartition(".")[2] for oid in broken if oid.startswith(SUPPLIES)}
    supplies = {supply.index: supply for supply in reading.supplies}
    for supply in good.supplies:
        if str(supply.index) not in indexes:
            assert (supplies[supply.index].level, supplies[supply.index].percent) == (supply.level, supply.percent)
    for supply in reading.supplies:
        assert supply.percent is None or 0 <= supply.percent <= 100
        assert all(number is None or number >= 0 for number in (supply.level, supply.capacity))
    assert all(meter.value is None or meter.value >= 0 for meter in reading.meters)


def test_a_meter_that_shows_null_is_named_without_a_value(xerox: Rows, now: Callable[[], datetime]) -> None:
    """Who knows its name knows that it is missing."""
    shown = {meter.name: meter.value for meter in met(xerox | {COLOR: NULL}, now).reading.meters}
    assert shown["Color Impressions"] is None
    assert shown["Black Impressions"] == 30_000


def test_a_null_that_gets_a_value_is_read_by_the_next_poll(xerox: Rows, now: Callable[[], datetime]) -> None:
    """The printer need not be identified again for it."""
    found = met(xerox | {COLOR: NULL, DRUM_LEVEL: NULL}, now)
    poll = run(steady(found.layout, found.poll), answer(xerox))
    assert poll.meter_values == (30_734, 734, 30_000, 20_000, 555)
    assert 50 in poll.supply_levels


@pytest.mark.parametrize("gone", [COLOR, DRUM_LEVEL])
def test_a_row_that_vanishes_costs_one_identification_and_comes_back_by_itself(
    xerox: Rows, now: Callable[[], datetime], gone: str
) -> None:
    """It is asked for at every poll until it is there again; the others are read meanwhile."""
    first = met(xerox, now)
    lacking = {oid: value for oid, value in xerox.items() if oid != gone}
    with pytest.raises(LayoutChangedError):
        run(steady(first.layout, first.poll), answer(lacking))
    again = met(lacking, now)
    layout, poll = keep_known_rows(first.layout, first.poll, again.layout, again.poll)
    for _ in range(3):
        poll = run(steady(layout, poll), answer(lacking))
    reading = layout.reading(poll, now())
    assert {meter.name for meter in reading.meters} == {meter.name for meter in first.reading.meters}
    assert {supply.name for supply in reading.supplies} == {supply.name for supply in first.reading.supplies}
    poll = run(steady(layout, poll), answer(xerox))
    back = layout.reading(poll, now())
    assert {m.name: m.value for m in back.meters} == {m.name: m.value for m in first.reading.meters}
    assert {s.name: s.level for s in back.supplies} == {s.name: s.level for s in first.reading.supplies}


def test_a_meter_whose_name_vanishes_too_is_kept_after_a_restart(xerox: Rows, now: Callable[[], datetime]) -> None:
    """An agent that has just started may have no meters yet; a supply that is gone then was taken out."""
    uptime = "1.3.6.1.2.1.1.3.0"
    first = met(xerox, now)
    lacking = {oid: value for oid, value in xerox.items() if oid not in {COLOR, COLOR_NAME} and ".1.5" not in oid}
    again = met(lacking | {uptime: 5}, now)
    layout, poll = keep_known_rows(first.layout, first.poll, again.layout, again.poll)
    assert {row.name for row in layout.meters} == {row.name for row in first.layout.meters}
    assert len(layout.supplies) == len(first.layout.supplies) - 1
    assert Layout.from_json(layout.to_json()) == layout
    assert run(steady(layout, poll), answer(xerox)).meter_values.count(None) == 0


def test_no_row_of_a_printer_is_asked_for_that_was_never_there(
    xerox: Rows, now: Callable[[], datetime], agents: SimpleNamespace
) -> None:
    """A layout without holes is kept as it is."""
    first = met(xerox, now)
    again = run(identify(now=now), agents.obliging(xerox))
    assert keep_known_rows(first.layout, first.poll, again.layout, again.poll) == (again.layout, again.poll)


def test_a_counter_of_64_bits_is_read_and_one_without_room_is_unknown(xerox: Rows, now: Callable[[], datetime]) -> None:
    """A Counter64 may be larger than the store's numbers; it must not stop the others."""
    reading = met(xerox | {COLOR: 5_000_000_000, f"{XCMI}.6.1.20.34": 2**64 - 1}, now).reading
    shown = {meter.name: meter.value for meter in reading.meters}
    assert (shown["Color Impressions"], shown["Black Impressions"]) == (5_000_000_000, None)
    assert shown["Total Impressions"] == 30_734
