"""The bench: it measures what it says, prints every budget, and asserts no time."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.bench import billing, message_sizes, run, throughput
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.cli.app import run_command_line
from esolutions_scenarios.sizes import Measured

if TYPE_CHECKING:
    from collections.abc import Callable


def _counting() -> Callable[[], float]:
    """Return a stopwatch that shows one second more each time somebody looks."""
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


def test_a_billing_transaction_is_answered_by_a_server_of_its_own() -> None:
    """The transaction is accepted there; seconds and, on Linux, megabytes are what it took."""
    seconds, *memory = billing.measure(devices=2)
    assert seconds.name == "a billing transaction with 2 devices"
    assert seconds.measured > 0
    assert all(figure.unit == "MB" and figure.measured > 0 for figure in memory)


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
    assert "tottime" in text
    assert "esolutions_simulators" in text
