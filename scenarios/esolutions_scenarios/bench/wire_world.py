"""The wire world: what real UDP, HTTPS, processes and flushes cost beside memory, and what `demo` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.bench import memory_world
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.stories.registry import load_story
from esolutions_scenarios.story_runner import run_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["compare", "measure"]

_COMPARED_PRINTERS, _COMPARED_DAYS = 4, 3
_PRINTERS, _DAYS = 100, 365
# So many of them are lived, with one bill among them; the others cost as much.
_LIVED_DAYS = 30
_DEMO_BUDGET_SECONDS = 30.0


def compare(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield how much longer the wire world takes than memory for the same days."""
    memory = memory_world.year(_COMPARED_PRINTERS, _COMPARED_DAYS, stopwatch)
    wire = memory_world.year(_COMPARED_PRINTERS, _COMPARED_DAYS, stopwatch, "wire")
    yield Figure("the wire world takes", wire / memory, "times as long")


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the time of the demonstration, every check of it included, and of a year of many printers.

    Raises:
        RuntimeError: a check failed, which is quicker than to pass.
    """
    began = stopwatch()
    result = run_story(load_story("first_year"), "wire")
    seconds = stopwatch() - began
    if not result.passed:
        raise RuntimeError(f"the demonstration failed: {result.explained}")
    yield Figure("`make demo`, five printers for a year", seconds, "s", _DEMO_BUDGET_SECONDS)
    lived = memory_world.year(_PRINTERS, _LIVED_DAYS, stopwatch, "wire")
    name = f"{_PRINTERS} printers for {_DAYS} days in the wire world"
    yield Figure(name, lived * _DAYS / _LIVED_DAYS, "s", note=f"as its first {_LIVED_DAYS} days")
