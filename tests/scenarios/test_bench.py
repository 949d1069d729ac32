"""The bench: it measures what it says, prints every budget, and asserts no time."""

from __future__ import annotations

import itertools
import json
import py_compile
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_scenarios.bench import memory_world, message_sizes, run, wire_world, yardstick
from esolutions_scenarios.bench.client import footprint, polls
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.printers import fleets, others
from esolutions_scenarios.bench.server import billing, store_mechanisms, throughput
from esolutions_scenarios.bench.yardstick import Yardstick
from esolutions_scenarios.cli.app import run_command_line
from esolutions_scenarios.sizes import Measured
from esolutions_server.store.engine import durability
from esolutions_simulators.mib.row import Fixed
from esolutions_simulators.models import load_model
from esolutions_simulators.rows.table import table_of
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENVELOPE_BYTES = 1534


def _counting() -> Callable[[], float]:
    """Return a stopwatch that shows one second more at each look."""
    seconds = itertools.count()
    return lambda: float(next(seconds))


@pytest.mark.parametrize(
    ("figure", "ratio"),
    [
        (Figure("seconds", 5.0, "s", 20.0), 0.25),
        (Figure("rate", 0.3, "of it", 0.6, more_is_better=True), 2.0),
        (Figure("bytes off", 0.0, "bytes", 0.0), 0.0),
        (Figure("bytes off", 3.0, "bytes", 0.0), 3.0),
        (Figure("nothing promised", 5.0, "s"), None),
    ],
)
def test_a_ratio_of_at_most_one_is_within_the_budget(figure: Figure, ratio: float | None) -> None:
    """Whether less is better or more is."""
    assert figure.ratio == ratio
    assert figure.as_json()["ratio"] == ratio


def test_sizes_that_are_off_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes here do not make up for too few there."""
    rows = [Measured("sync proxy request", 1, 1425, 1427), Measured("reg proxy", 1, 1526, 1524)]
    monkeypatch.setattr(message_sizes, "measure_sizes", lambda _devices: rows)
    (figure,) = message_sizes.measure((1,))
    assert (figure.measured, figure.ratio) == (4, 4)


def test_the_sizes_of_the_nominal_fleet_are_not_off() -> None:
    """All eight formulas, measured on what crossed."""
    (figure,) = message_sizes.measure((0, 2))
    assert (figure.measured, figure.note) == (0, "8 formulas, x = 0, 2")


def _ended(*, well: bool) -> Callable[..., Any]:
    """Return what stands for a run of the demonstration."""
    return lambda _story, _world: SimpleNamespace(passed=well, explained="no bill")


def test_the_demonstration_is_measured_with_its_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against its budget; the year of a hundred printers is as long as the days of it that are lived."""
    asked: list[tuple[Any, ...]] = []

    def _year(*words: Any) -> float:
        asked.append(words)
        return 6.0

    monkeypatch.setattr(wire_world, "run_story", _ended(well=True))
    monkeypatch.setattr(memory_world, "year", _year)
    demo, year = wire_world.measure(_counting())
    assert (demo.measured, demo.budget) == (1.0, 30.0)
    assert (year.measured, year.unit) == (6.0 * 365 / 30, "s")
    assert [(count, days, world) for count, days, _, world in asked] == [(100, 30, "wire")]


def test_a_demonstration_that_fails_has_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """To fail is quicker than to pass."""
    monkeypatch.setattr(wire_world, "run_story", _ended(well=False))
    with pytest.raises(RuntimeError, match="no bill"):
        next(wire_world.measure(_counting()))


def test_the_servers_take_turns_with_the_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round takes a second by this stopwatch, so that all are as fast as the echo; the first is not counted."""
    monkeypatch.setattr(throughput, "_ROUNDS", 3)
    monkeypatch.setattr(throughput, "_SYNCS", 2)
    echo, *servers = throughput.measure(_counting())
    assert echo.measured == 2.0
    assert [figure.measured for figure in servers] == [1.0, 1.0, 1.0]


def test_a_measurement_whose_messages_are_refused_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast refusal must not pass for a fast server."""
    monkeypatch.setattr(throughput, "_registration", lambda: throughput._sync(1))
    with pytest.raises(RuntimeError, match="refused"):
        list(throughput.measure(_counting()))


def test_the_mechanisms_of_the_store_take_turns_with_what_stands_there_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are equally fast by this stopwatch; SQLAlchemy runs the statements in their turn, and flushes are shared."""
    found: list[str] = []
    rows, flush = store_mechanisms._rows, durability._flush

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            found.append(name)
            return real(*args)

        return call

    monkeypatch.setattr(store_mechanisms, "_ROUNDS", 2)
    monkeypatch.setattr(store_mechanisms, "_SYNCS", 2)
    monkeypatch.setattr(store_mechanisms, "simulate", lambda _plan: [])
    monkeypatch.setattr(store_mechanisms, "_rows", noted("by SQLAlchemy", rows))
    monkeypatch.setattr(durability, "_flush", noted("shared", flush))
    figures = list(store_mechanisms.measure(_counting(), _counting()))
    assert [figure.measured for figure in figures] == [1.0] * 5
    assert set(found) == {"by SQLAlchemy", "shared"}


@pytest.mark.slow
def test_a_billing_transaction_is_answered_by_a_server_of_its_own() -> None:
    """The transaction is accepted there; seconds and, on Linux, megabytes are what it took."""
    seconds, *memory = billing.measure(devices=2)
    assert seconds.name == "a billing transaction with 2 devices"
    assert seconds.measured > 0
    assert all(figure.unit == "MB" and figure.measured > 0 for figure in some(memory))


def test_bench_prints_one_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """For programs, with ratios."""
    monkeypatch.setattr(message_sizes, "measure", lambda: iter([Figure("off by", 0.0, "bytes", 0.0)]))
    assert run_command_line(["bench", "--only", "sizes", "--json"], stopwatch=_counting()) == 0
    (figure,) = json.loads(capsys.readouterr().out)["figures"]
    assert {"name", "measured", "unit", "budget", "ratio", "note"} <= set(figure)


def test_bench_prints_a_line_a_figure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """For people, with the budget beside."""
    monkeypatch.setattr(message_sizes, "measure", lambda: iter([Figure("seconds", 5.0, "s", 20.0, note="here")]))
    assert run_command_line(["bench", "--only", "sizes"], stopwatch=_counting()) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.split() == ["seconds", "5.00", "s", "0.25", "of", "the", "budget", "of", "20", "here"]


def test_a_figure_on_a_terminal_is_no_wider_than_it() -> None:
    """What does not fit into a line goes on in the next, and nothing is left out."""
    long = Figure("what is measured " * 6, 1234.5, "bytes", 2000.0, note="under conditions of several kinds " * 4)
    for columns in (40, 80, 132):
        lines = long.in_lines(columns)
        assert max(map(len, lines)) <= columns
        assert " ".join(lines).split() == long.in_lines(None)[0].split()


@pytest.fixture
def quick_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixed piece of work, of next to nothing."""
    for constant in ("_ROWS", "_PARSES", "_KEYS"):
        monkeypatch.setattr(yardstick, constant, 1)
    monkeypatch.setattr(yardstick, "_LOOKUPS", 1)


@pytest.mark.parametrize(
    ("figure", "yardsticks", "words"),
    [
        (Figure("a year", 8.0, "CPU s"), 4.0, "4 yardsticks"),
        (Figure("a poll", 1.0, "CPU ms"), 0.0005, "0.0005 yardsticks"),
        (Figure("discovery", 60.0, "s"), 20.0, "20 yardsticks"),
        (Figure("device-years", 12.0, "a CPU s"), 24.0, "24 a yardstick"),
        (Figure("the echo", 1000.0, "calls a s"), 3000.0, "3e+03 a yardstick"),
        (Figure("memory", 40.0, "MB"), None, ""),
        (Figure("the server", 0.6, "of it"), None, ""),
    ],
)
def test_whatever_measures_time_is_told_in_yardsticks(figure: Figure, yardsticks: float | None, words: str) -> None:
    """CPU time by the CPU time of the yardstick, time by the clock by the clock; sizes and shares are what they are."""
    told = Yardstick(cpu_seconds=2.0, seconds=3.0).beside(figure)
    assert told.yardsticks == pytest.approx(yardsticks) if yardsticks is not None else told.yardsticks is None
    assert told.in_yardsticks == words
    assert told.as_json()["yardsticks"] == told.yardsticks


@pytest.mark.usefixtures("quick_yardstick")
def test_the_quickest_of_three_yardsticks_counts() -> None:
    """By these clocks the second is the quickest."""
    cpu, clock = iter([0, 5, 10, 12, 20, 26]), iter([0, 9, 10, 13, 20, 28])
    measured = yardstick.measure_machine(lambda: float(next(cpu)), lambda: float(next(clock)))
    assert measured == Yardstick(cpu_seconds=2.0, seconds=3.0)


@pytest.mark.usefixtures("quick_yardstick")
def test_the_yardstick_comes_before_everything_it_measures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a measurement of time alone has it too."""
    monkeypatch.setattr(polls, "measure", lambda _cpu: iter([Figure("steady poll", 1.0, "s", 2.0)]))
    assert run_command_line(["bench", "--only", "polls", "--json"], stopwatch=_counting()) == 0
    *before, figure = json.loads(capsys.readouterr().out)["figures"]
    assert [each["name"] for each in before] == ["the yardstick", "the yardstick by the clock"]
    assert (figure["ratio"], figure["yardsticks"]) == (0.5, 1.0)


def test_the_yardstick_is_what_it_always_was() -> None:
    """Figures of different releases are compared by it."""
    constants = yardstick._ROWS, yardstick._PARSES, yardstick._LOOKUPS, yardstick._KEYS
    assert constants == (40_000, 8_000, 2_000_000, 10_000)
    assert len(yardstick._ENVELOPE) == ENVELOPE_BYTES


def test_the_installed_size_counts_the_byte_code_that_pip_makes(tmp_path: Path) -> None:
    """Whether it is there yet or not, and once."""
    source, text = tmp_path / "module.py", tmp_path / "data.txt"
    source.write_text("NUMBER = 1\n")
    text.write_bytes(b"1234")
    size = footprint._size([source, text])
    assert size > source.stat().st_size + 4
    py_compile.compile(str(source))
    assert footprint._size(tmp_path.rglob("*")) == size


def test_the_client_brings_no_pydantic() -> None:
    """It would be the largest thing that nothing uses."""
    needed = footprint._needed("esolutions", set())
    assert "typer" in needed
    assert "pydantic" not in needed


def test_a_measurement_nobody_knows_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what there is."""
    assert run_command_line(["bench", "--only", "nothing"], stopwatch=_counting()) == 2
    assert "sizes, memory, worlds" in capsys.readouterr().err


def test_the_profile_names_the_functions_that_cost_most(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most expensive first, of the memory world."""
    monkeypatch.setattr(run, "_PROFILED_PRINTERS", 2)
    monkeypatch.setattr(run, "_PROFILED_DAYS", 2)
    assert run_command_line(["bench", "--profile"], stopwatch=_counting()) == 0
    text = capsys.readouterr().out
    assert "Ordered by: internal time" in text
    # Which of the product's functions they are depends on the machine and its moods.
    assert "/esolutions_" in text


@pytest.mark.wire
def test_printers_are_measured_as_they_are_served() -> None:
    """How long until they answer, what each takes of memory and CPU, and beside others what they answer."""
    ours = fleets.measure(_counting(), few=2, many=20)
    figures = {figure.name: figure for figure in others.measure(ours)}
    assert [name for name, figure in figures.items() if figure.budget is not None] == [
        "2 printers answer after",
        "20 printers answer after",
        "first GETs, one of each of 20 printers",
        "memory of the processes, for each printer asked",
        fleets.WARM_GETS,
    ]
    assert all(figure.measured > 0 or " is missing: " in figure.note for figure in some(figures.values()))
    assert len([name for name in figures if ", by " in name]) == 2


def test_what_is_not_installed_is_told_and_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    warm = Figure(fleets.WARM_GETS, 9_000, "a CPU s")
    first, *missing = others.measure(iter([warm]))
    assert first == warm
    assert [figure.note.rpartition(": ")[2] for figure in missing] == ["pip install snmpsim", "apt-get install snmpd"]


def test_the_forty_variables_are_twenty_seven_that_move_and_others() -> None:
    """What moves is first."""
    names = fleets.forty_names()
    rows = table_of(load_model(fleets.MODEL))
    fixed = [isinstance(row.source, Fixed) for name in names if (row := rows.row_of(name))]
    assert fixed == [False] * 27 + [True] * 13
