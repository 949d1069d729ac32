"""A fixed piece of work to measure this machine by: durable SQLite rows, lxml parses, look-ups in dictionaries.

The same commit takes 13 CPU seconds on one machine and 31 on another, so a
second says little. How many yardsticks something takes says more: the work here
is of the kinds that the product does, never changes between releases, and is
done first, on the same machine. It uses nothing of the product.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_scenarios.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Yardstick", "measure_machine"]

# What a yardstick is, for ever: figures of different releases are compared by it.
_ROWS, _PARSES, _LOOKUPS, _KEYS = 40_000, 8_000, 2_000_000, 10_000
_ROUNDS = 3
# 1.5 kB, as large as a sync.
_ENVELOPE = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n"
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:yardstick"><s:Header/><s:Body>'
    + b"".join(
        b'<t:Meter n="%d"><t:Name>Total Impressions</t:Name><t:Value>%07d</t:Value></t:Meter>' % (n, n)
        for n in range(16)
    )
    + b"</s:Body></s:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the fixed piece of work takes on this machine now: CPU seconds, and seconds of the clock."""

    cpu_seconds: float
    seconds: float

    def figures(self) -> Iterator[Figure]:
        """Yield the yardstick itself."""
        work = f"{_ROWS:,} rows in a durable transaction, {_PARSES:,} parses of 1.5 kB, {_LOOKUPS:,} look-ups"
        yield Figure("the yardstick", self.cpu_seconds, "CPU s", note=work, yardsticks=1.0)
        yield Figure("the yardstick by the clock", self.seconds, "s", yardsticks=1.0)

    def beside(self, figure: Figure) -> Figure:
        """Return the figure with how many yardsticks it is, or for a rate how many go into one.

        One that measures no time stays as it is.
        """
        per_unit = {
            "s": 1 / self.seconds,
            "CPU s": 1 / self.cpu_seconds,
            "CPU ms": 1 / self.cpu_seconds / 1000,
            "a CPU s": self.cpu_seconds,
            "calls a s": self.seconds,
        }.get(figure.unit)
        return figure if per_unit is None else replace(figure, yardsticks=figure.measured * per_unit)


def measure_machine(cpu: Callable[[], float], stopwatch: Callable[[], float]) -> Yardstick:
    """Do the work some times; the quickest time counts, for others may keep the machine busy.

    Args:
        cpu: the CPU seconds of this process so far.
        stopwatch: seconds of a clock that never goes back.
    """
    taken = []
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        for number in range(_ROUNDS):
            before = cpu(), stopwatch()
            _work(Path(folder) / f"{number}.sqlite")
            taken.append((cpu() - before[0], stopwatch() - before[1]))
    return Yardstick(min(used for used, _ in taken), min(seconds for _, seconds in taken))


def _work(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE reading (id INTEGER PRIMARY KEY, serial TEXT NOT NULL, value INTEGER NOT NULL)"
        )
        with connection:
            connection.executemany(
                "INSERT INTO reading (serial, value) VALUES (?, ?)", ((f"ABC{n:06d}", n) for n in range(_ROWS))
            )
    for _ in range(_PARSES):
        etree.tostring(etree.fromstring(_ENVELOPE))
    table = {f"1.3.6.1.2.1.43.{key}": key for key in range(_KEYS)}
    keys = list(table)
    for _ in range(_LOOKUPS // _KEYS):
        for key in keys:
            table[key]
