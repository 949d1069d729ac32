"""Divide a run into chapters of lines: the order of a sequence diagram, before anything is drawn.

A year has hundreds of exchanges that say nothing new. Those that follow one
another without anything between them become one quiet stretch.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from esolutions_scenarios.report.content import Exchange, Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from esolutions_scenarios.report.content import Observed

__all__ = ["Chapter", "Quiet", "Step", "chapters"]

# Two syncs without news are shown as they are; more are a stretch.
_QUIET_FROM = 3
_NAMED_AT_MOST = 8
_BY_MONTH_FROM = timedelta(days=62)
_BY_DAY_FROM = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange, after so many readings since the one before it."""

    exchange: Exchange
    readings: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Exchanges in a row that brought nothing but receipts."""

    steps: tuple[Step, ...]

    @property
    def readings(self) -> int:
        """How many readings were kept in the meantime."""
        return sum(step.readings for step in self.steps)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The lines of one month or day, or of the whole of a short run."""

    title: str
    lines: tuple[Step | Quiet | Happening, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every exchange of the chapter."""
        found: list[Step] = []
        for line in self.lines:
            if not isinstance(line, Happening):
                found += line.steps if isinstance(line, Quiet) else [line]
        return tuple(found)


def chapters(observed: Observed) -> list[Chapter]:
    """Return a run's chapters in order."""
    title = _titles(observed.ended - observed.began)
    lines: list[Step | Happening] = [*_steps(observed), *_gathered(observed.happenings)]
    lines.sort(key=_place)
    return [
        Chapter(name, tuple(_folded(found))) for name, found in groupby(lines, key=lambda line: title(_time_of(line)))
    ]


def _titles(span: timedelta) -> Callable[[datetime], str]:
    if span >= _BY_MONTH_FROM:
        return lambda at: f"{at:%B %Y}"
    if span >= _BY_DAY_FROM:
        return lambda at: f"{at:%A, %d %B %Y}"
    return lambda _: "The whole run"


def _steps(observed: Observed) -> Iterator[Step]:
    reads = {one.machine: one.seconds for one in observed.reads}
    counted = dict.fromkeys(reads, 0)
    for exchange in observed.exchanges:
        until = bisect_right(reads.get(exchange.machine, ()), exchange.at.timestamp())
        yield Step(exchange, until - counted.get(exchange.machine, 0))
        counted[exchange.machine] = until


def _gathered(happenings: Iterable[Happening]) -> Iterator[Happening]:
    """Yield what happened to several printers at once in the same words as one, its subjects named together."""
    for _, found in groupby(happenings, key=lambda one: (one.at, one.who, one.kind, one.text, one.subject == "")):
        alike = list(found)
        if len(alike) == 1 or not alike[0].subject:
            yield from alike
            continue
        named = ", ".join(one.subject for one in alike[:_NAMED_AT_MOST])
        more = len(alike) - _NAMED_AT_MOST
        yield replace(alike[0], subject=f"{named} and {more:,} more" if more > 0 else named)


def _folded(lines: Iterable[Step | Happening]) -> Iterator[Step | Quiet | Happening]:
    for is_routine, found in groupby(lines, key=lambda line: isinstance(line, Step) and line.exchange.is_routine):
        run = list(found)
        steps = tuple(line for line in run if isinstance(line, Step))
        if is_routine and len(steps) >= _QUIET_FROM:
            yield Quiet(steps)
        else:
            yield from run


def _place(line: Step | Happening) -> tuple[datetime, int]:
    """At one time the story speaks first, then messages cross, then people are told."""
    if isinstance(line, Step):
        return line.exchange.at, 1
    return line.at, 0 if line.who == "story" else 2


def _time_of(line: Step | Happening) -> datetime:
    return line.exchange.at if isinstance(line, Step) else line.at
