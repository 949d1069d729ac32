"""Run the measurements one after the other, and profile the memory world."""

from __future__ import annotations

import cProfile
import io
import pstats
import resource
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from esolutions_scenarios.bench import memory_world, message_sizes, wire_world
from esolutions_scenarios.bench.client import footprint, polls, sweep
from esolutions_scenarios.bench.printers import fleets, others
from esolutions_scenarios.bench.server import billing, store_mechanisms, throughput
from esolutions_scenarios.bench.yardstick import measure_machine
from esolutions_scenarios.stories.registry import StoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_scenarios.bench.figure import Figure

__all__ = ["measure", "profile"]

_PROFILED_PRINTERS, _PROFILED_DAYS, _SHOWN = 50, 30, 25
_TIMELESS = frozenset({"sizes", "footprint"})


def measure(only: str | None, stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Return figures as they are measured, each time beside the yardstick, which is measured before all others.

    Args:
        only: names measurements by a part of their names; those of no time have no yardstick.
        stopwatch: seconds of a clock that never goes back.

    Raises:
        StoryError: there is no such measurement.
    """
    measurements: dict[str, Callable[[], Iterator[Figure]]] = {
        "sizes": message_sizes.measure,
        "memory": lambda: memory_world.measure(_cpu),
        "worlds": lambda: wire_world.compare(stopwatch),
        "wire": lambda: wire_world.measure(stopwatch),
        "polls": lambda: polls.measure(_cpu),
        "discovery": lambda: sweep.measure(stopwatch),
        "printers": lambda: others.measure(fleets.measure(stopwatch)),
        "server": lambda: throughput.measure(stopwatch),
        "store": lambda: store_mechanisms.measure(_cpu, stopwatch),
        "billing": billing.measure,
        "footprint": lambda: footprint.measure(datetime(2026, 1, 5, tzinfo=UTC)),
    }
    chosen = {name: measurement for name, measurement in measurements.items() if only is None or only in name}
    if not chosen and only != "yardstick":
        raise StoryError(f"--only is {only!r}: nothing measured is called so; there are: {', '.join(measurements)}")
    figures = chain.from_iterable(measurement() for measurement in chosen.values())
    return figures if chosen and _TIMELESS.issuperset(chosen) else _beside_the_yardstick(figures, stopwatch)


def _beside_the_yardstick(figures: Iterator[Figure], stopwatch: Callable[[], float]) -> Iterator[Figure]:
    yardstick = measure_machine(_cpu, stopwatch)
    yield from yardstick.figures()
    for figure in figures:
        yield yardstick.beside(figure)


def profile() -> str:
    """Return where the memory world spends its time, the most expensive functions first."""
    profiler = cProfile.Profile()
    profiler.runcall(memory_world.year, _PROFILED_PRINTERS, _PROFILED_DAYS, _cpu)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(_SHOWN)
    return text.getvalue()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
