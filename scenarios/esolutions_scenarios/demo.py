"""What the demonstration shows at its end: messages, sizes, readings, bills."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table

from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.testbed.transcript import accounts, size_rows

if TYPE_CHECKING:
    from rich.console import Console

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["show_summary"]


def show_summary(console: Console, testbed: Testbed) -> None:
    """Print what crossed, how large it was, what was read and what was billed."""
    console.print(_messages(testbed))
    console.print(_sizes(testbed))
    console.print(_bills(testbed))
    readings = sum(machine.store.readings.count() for machine in testbed.machines)
    console.print(f"\n{readings:,} readings were taken and kept.\n", highlight=False)


def _messages(testbed: Testbed) -> Table:
    table = _table("Messages by type", "MESSAGE", "COUNT", "BYTES")
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for _, found in accounts(testbed):
        counts[found.message] += 1
        sizes[found.message] += found.measured
    for message, count in counts.most_common():
        table.add_row(message, f"{count:,}", f"{sizes[message]:,}")
    return table


def _sizes(testbed: Testbed) -> Table:
    table = _table("Published and measured sizes", "MESSAGE", "DEVICES", "PUBLISHED", "ACCOUNTED", "MEASURED")
    published = {formula.message for formula in load_specification().formulas}
    shown: set[tuple[str, int]] = set()
    for row in size_rows(testbed):
        if row.message in published and (row.message, row.devices) not in shown:
            shown.add((row.message, row.devices))
            table.add_row(row.message, str(row.devices), f"{row.published:,}", f"{row.expected:,}", f"{row.measured:,}")
    return table


def _bills(testbed: Testbed) -> Table:
    table = _table("Bills", "SERIAL", "CYCLES", "LAST READ", "TOTAL IMPRESSIONS")
    bills = testbed.administration.bills()
    for serial in sorted({bill["serial"] for bill in bills}):
        own = [bill for bill in bills if bill["serial"] == serial]
        last = max(own, key=lambda bill: (bill["read_at"], bill["value"]))
        cycles = len({bill["command_id"] for bill in own})
        table.add_row(serial, str(cycles), f"{last['read_at']:%Y-%m-%d %H:%M}", f"{last['value']:,}")
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column(first)
    for column in others:
        table.add_column(column, justify="right")
    return table
