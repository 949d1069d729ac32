"""What happens to a printer changes exactly what it should, from its moment on."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.life.incidents import KINDS, Incident, IncidentError
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter, shown
from esolutions_simulators.printers.printer_json import printer_from_json, printer_to_json
from esolutions_simulators.printers.usage import count_index

DAY = timedelta(days=1)
INSTALLED_AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")

harmless = st.sampled_from(["power_off", "power_on", "fall_asleep", "wake_up"])
hours = st.integers(0, 24 * 60)


def test_a_printer_that_is_off_answers_nothing_and_prints_nothing(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The counters stand where they were while it is off, and go on from there."""
    printer = make_printer()
    untouched = make_printer().counters_at(installed_at + 10 * DAY)
    printer.power_off(installed_at + 10 * DAY)
    printer.power_on(installed_at + 20 * DAY)
    assert not printer.is_answering_at(installed_at + 15 * DAY)
    assert printer.counters_at(installed_at + 10 * DAY) == untouched
    assert printer.counters_at(installed_at + 15 * DAY) == untouched
    assert printer.counters_at(installed_at + 20 * DAY) == untouched
    assert printer.is_answering_at(installed_at + 20 * DAY)
    assert printer.counters_at(installed_at + 22 * DAY)["Total Impressions"] > untouched["Total Impressions"]


@given(st.lists(st.tuples(hours, harmless), max_size=8), hours, hours)
def test_no_outage_makes_a_counter_run_backwards(happened: list[tuple[int, str]], one: int, other: int) -> None:
    """Whatever order printers are switched and woken in, meters rise and Total is Black and Color."""
    incidents = [Incident(INSTALLED_AT + timedelta(hours=hour), kind) for hour, kind in happened]
    printer = SimulatedPrinter("nominal", "ABC123456", 7, INSTALLED_AT, "127.0.0.10", incidents=incidents)
    early, late = sorted((one, other))
    before = printer.counters_at(INSTALLED_AT + timedelta(hours=early))
    after = printer.counters_at(INSTALLED_AT + timedelta(hours=late))
    assert all(before[name] <= after[name] for name in before)
    assert after["Total Impressions"] == after["Black Impressions"] + after["Color Impressions"]


anything: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(hours, harmless, st.just({})),
    st.tuples(
        hours, st.sampled_from(["jump", "swap_controller"]), st.fixed_dictionaries({"total": st.integers(0, 10**7)})
    ),
    st.tuples(hours, st.just("swap_controller"), st.just({})),
)


@given(st.sampled_from(["colour-a3-mfp", "mono-workgroup", "nominal"]), st.lists(anything, max_size=8), hours, hours)
def test_whatever_happens_no_sheet_has_more_than_two_sides_or_none(
    model: str, happened: list[tuple[int, str, dict[str, int]]], one: int, other: int
) -> None:
    """What is shown and what was really printed: outages, swaps and jumps leave sheets that the sides can be on."""
    incidents = [Incident(INSTALLED_AT + timedelta(hours=hour), kind, args) for hour, kind, args in happened]
    printer = SimulatedPrinter(model, "ABC123456", 7, INSTALLED_AT, "127.0.0.10", incidents=incidents)
    total, sheets = count_index("total"), count_index("sheets")
    worn_sheets = 0
    for hour in sorted((one, other)):
        moment = INSTALLED_AT + timedelta(hours=hour)
        worn = printer.segment_at(moment.timestamp()).worn_at(moment.timestamp())
        for counts in (worn, printer.counts_at(moment)):
            assert counts[sheets] <= counts[total] <= 2 * counts[sheets]
        assert worn[sheets] >= worn_sheets
        worn_sheets = worn[sheets]


def test_a_replacement_is_another_machine_at_the_same_address(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """Serial number and counters change at the moment of replacement, not before."""
    printer = make_printer()
    before = printer.counters_at(installed_at + 9 * DAY)
    printer.replace(installed_at + 10 * DAY, "XYZ987654", 99)
    assert printer.serial_at(installed_at + 9 * DAY) == "ABC123456"
    assert printer.counters_at(installed_at + 9 * DAY) == before
    assert printer.serial_at(installed_at + 10 * DAY) == "XYZ987654"
    assert printer.segment_at((installed_at + 10 * DAY).timestamp()).address == "127.0.0.10"
    twin = SimulatedPrinter("colour-a3-mfp", "XYZ987654", 99, installed_at + 10 * DAY, "127.0.0.10")
    assert printer.counters_at(installed_at + 30 * DAY) == twin.counters_at(installed_at + 30 * DAY)


def test_a_replacement_may_be_of_another_model(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The meters are those of the machine that stands there."""
    printer = make_printer()
    printer.replace(installed_at + DAY, "1234567890", 5, model="mono-workgroup")
    assert "Color Impressions" in printer.counters_at(installed_at)
    assert "Color Impressions" not in printer.counters_at(installed_at + DAY)


def test_a_new_controller_counts_from_the_beginning(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """Every counter is 0 at the swap and the supplies, which nobody touched, stay as they were."""
    printer, untouched = make_printer(), make_printer()
    printer.swap_controller(installed_at + 10 * DAY)
    assert set(printer.counters_at(installed_at + 10 * DAY).values()) == {0}
    assert 0 < printer.counters_at(installed_at + 20 * DAY)["Total Impressions"] < 20_000
    assert printer.supply_levels_at(installed_at + 20 * DAY) == untouched.supply_levels_at(installed_at + 20 * DAY)


def test_a_counter_that_jumps_to_its_rollover_starts_again_at_one(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The total shows 999,990, and soon after less than before."""
    printer = make_printer("mono-workgroup")
    printer.jump(installed_at + DAY, 999_990)
    assert printer.counters_at(installed_at + DAY)["Total Impressions"] == 999_990
    assert 1 <= printer.counters_at(installed_at + 2 * DAY)["Total Impressions"] < 5_000


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (999_998, 999_998), (999_999, 999_999), (1_000_000, 1)])
def test_the_next_impression_after_the_rollover_value_shows_1(count: int, expected: int) -> None:
    """Xerox's detail type 232: the value at which a meter starts again."""
    assert shown(count, 999_999) == expected
    assert shown(count, None) == count


def test_a_moved_printer_is_the_same_at_another_address(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """A new lease changes where it is, not what it counted."""
    printer, untouched = make_printer(), make_printer()
    printer.move(installed_at + DAY, "127.0.0.99")
    assert printer.segment_at(installed_at.timestamp()).address == "127.0.0.10"
    assert printer.segment_at((installed_at + DAY).timestamp()).address == "127.0.0.99"
    assert printer.counters_at(installed_at + 9 * DAY) == untouched.counters_at(installed_at + 9 * DAY)


def test_a_printer_with_copied_settings_shows_anothers_serial_number(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """Its label, its counters and its hardware address stay its own, and its own serial number can be put back."""
    printer, untouched = make_printer(), make_printer()
    printer.show_serial(installed_at + DAY, "XYZ987654")
    printer.show_serial(installed_at + 2 * DAY)
    moments = [installed_at, installed_at + DAY, installed_at + 2 * DAY]
    assert [printer.shown_serial_at(moment) for moment in moments] == ["ABC123456", "XYZ987654", "ABC123456"]
    assert {printer.serial_at(moment) for moment in moments} == {"ABC123456"}
    differing = {
        oid
        for (oid, _, value), (_, _, other) in zip(
            SimulatedAgent(printer).rows_at((installed_at + DAY).timestamp()),
            SimulatedAgent(untouched).rows_at((installed_at + DAY).timestamp()),
            strict=True,
        )
        if value != other
    }
    assert differing == {"1.3.6.1.2.1.43.5.1.1.17.1", "1.3.6.1.4.1.253.8.53.3.2.1.3.1"}


def test_incidents_may_be_told_in_any_order(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """What counts is when something happened, not when it was written down."""
    told, retold = make_printer(), make_printer()
    told.power_off(installed_at + DAY)
    told.power_on(installed_at + 2 * DAY)
    retold.power_on(installed_at + 2 * DAY)
    retold.power_off(installed_at + DAY)
    for day in range(5):
        assert told.counters_at(installed_at + day * DAY) == retold.counters_at(installed_at + day * DAY)


def test_a_printer_survives_being_written_down(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """One of each kind of incident, through JSON and back, gives the same printer."""
    printer = make_printer()
    args: dict[str, dict[str, Any]] = {
        "replace": {"serial": "XYZ987654", "seed": 4},
        "jump": {"total": 5},
        "swap_controller": {"total": 3},
        "change_community": {"community": "secret"},
        "move": {"address": "127.0.0.12"},
    }
    for day, kind in enumerate(KINDS):
        printer.happen(installed_at + day * DAY, kind, **args.get(kind, {}))
    copy = printer_from_json(json.loads(json.dumps(printer_to_json(printer))))
    assert copy.segments == printer.segments
    assert copy.counters_at(installed_at + 30 * DAY) == printer.counters_at(installed_at + 30 * DAY)


@pytest.mark.parametrize(
    ("kind", "args"),
    [("explode", {}), ("replace", {"serial": "X"}), ("power_off", {"hard": True}), ("jump", {})],
)
def test_an_incident_that_cannot_happen_is_refused(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime, kind: str, args: dict[str, Any]
) -> None:
    """An unknown kind and wrong arguments are errors, and nothing has happened."""
    printer = make_printer()
    with pytest.raises(IncidentError):
        printer.happen(installed_at, kind, **args)
    assert printer.incidents == []


def test_a_printer_in_its_box_does_not_answer(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """Before its installation it is off, and its counters are what they will be on the first day."""
    printer = make_printer()
    assert not printer.is_answering_at(installed_at - DAY)
    assert printer.is_answering_at(installed_at)
    assert printer.counters_at(installed_at - DAY) == printer.counters_at(installed_at)


def test_nothing_happens_before_the_installation(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """An incident before the printer was there, or without a time zone, is an error."""
    printer = make_printer()
    with pytest.raises(IncidentError, match="before the installation"):
        printer.power_off(installed_at - DAY)
    with pytest.raises(IncidentError, match="aware"):
        printer.power_off(installed_at.replace(tzinfo=None))
    assert printer.revision == 0
