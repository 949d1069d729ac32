"""What the demonstration shows at its end: messages, sizes, readings, bills.

It takes note while the testbed is open, and prints when the work is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.cli.console.output import say
from esolutions_client.cli.console.tables import print_table
from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.testbed.transcript import accounts, size_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Summary", "summarize"]

_Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What crossed, how large it was, what was read and what was billed."""

    messages: _Rows
    sizes: _Rows
    bills: _Rows
    readings: int

    def show(self) -> None:
        """Print it."""
        _print("Messages by type", ("MESSAGE", "COUNT", "BYTES"), self.messages)
        columns = ("MESSAGE", "DEVICES", "PUBLISHED", "ACCOUNTED", "MEASURED")
        _print("Published and measured sizes", columns, self.sizes)
        _print("Bills", ("SERIAL", "CYCLES", "LAST READ", "TOTAL IMPRESSIONS"), self.bills)
        say(f"{self.readings:,} readings were taken and kept.")
        say("")


def summarize(testbed: Testbed) -> Summary:
    """Take note of a run."""
    readings = sum(machine.store.readings.count() for machine in testbed.machines)
    return Summary(tuple(_messages(testbed)), tuple(_sizes(testbed)), tuple(_bills(testbed)), readings)


def _messages(testbed: Testbed) -> Iterator[tuple[str, ...]]:
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for _, found in accounts(testbed):
        counts[found.message] += 1
        sizes[found.message] += found.measured
    for message, count in counts.most_common():
        yield message, f"{count:,}", f"{sizes[message]:,}"


def _sizes(testbed: Testbed) -> Iterator[tuple[str, ...]]:
    published = {formula.message for formula in load_specification().formulas}
    shown: set[tuple[str, int]] = set()
    for row in size_rows(testbed):
        if row.message in published and (row.message, row.devices) not in shown:
            shown.add((row.message, row.devices))
            yield row.message, str(row.devices), f"{row.published:,}", f"{row.expected:,}", f"{row.measured:,}"


def _bills(testbed: Testbed) -> Iterator[tuple[str, ...]]:
    bills = list(testbed.administration.every.bills())
    for serial in sorted({bill.serial for bill in bills}):
        own = [bill for bill in bills if bill.serial == serial]
        last = max(own, key=lambda bill: (bill.read_at, bill.value))
        cycles = len({bill.command_id for bill in own})
        yield serial, str(cycles), f"{last.read_at:%Y-%m-%d %H:%M}", f"{last.value:,}"


def _print(title: str, columns: tuple[str, ...], rows: _Rows) -> None:
    say(title)
    print_table(columns, rows, right=columns[1:])
    say("")
