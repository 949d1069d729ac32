"""Draw what the server asked for and what it billed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import spell_time
from esolutions_scenarios.report.drawing.markup import Html, tag
from esolutions_scenarios.report.drawing.tables import table

if TYPE_CHECKING:
    from esolutions_scenarios.report.content import Bill

__all__ = ["draw_bills"]

_LISTED_AT_MOST = 1000
_COLUMNS = ("Printer", "Cycle", "Period", "Asked, UTC", "Times asked", "Reading of, UTC", "State", "Billed")


def draw_bills(bills: tuple[Bill, ...]) -> Html:
    """Return every billing request with the values billed for it."""
    states = Counter(bill.state for bill in bills)
    said = ", ".join(f"{count:,} {state}" for state, count in states.most_common()) or "none"
    shown = bills[:_LISTED_AT_MOST]
    left_out = len(bills) - len(shown)
    return tag(
        "section",
        tag("h2", "Bills"),
        tag("p", f"Billing requests: {said}."),
        table("Billing requests", _COLUMNS, [_row(bill) for bill in shown], {"Times asked"}) if shown else "",
        tag("p", f"{left_out:,} more are left out.") if left_out else "",
        id="bills",
    )


def _row(bill: Bill) -> list[Html | str]:
    return [
        tag("bdi", bill.serial_number),
        bill.frequency,
        f"{bill.period_start:%Y-%m-%d} to {bill.period_end:%Y-%m-%d}",
        spell_time(bill.asked_at),
        str(bill.asked_times),
        spell_time(bill.read_at) if bill.read_at else "none",
        bill.state,
        _values(bill),
    ]


def _values(bill: Bill) -> Html | str:
    if not bill.values:
        return "nothing"
    first, value, _ = bill.values[0]
    said = [
        tag("li", tag("bdi", meter), f": {number:,}", "" if grown is None else f" (+{grown:,})")
        for meter, number, grown in bill.values
    ]
    return tag("details", tag("summary", tag("bdi", first), f" {value:,}"), tag("ul", said))
