"""Draw what the clients read from each printer: counters as growth, supplies as levels, both over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import TimeScale
from esolutions_scenarios.report.drawing.charts.meter_chart import LEFT, RIGHT, draw_meters, meter_key
from esolutions_scenarios.report.drawing.charts.supply_chart import draw_supplies
from esolutions_scenarios.report.drawing.markup import Html, tag
from esolutions_scenarios.report.drawing.tables import table

if TYPE_CHECKING:
    from esolutions_scenarios.report.content import Observed, PrinterHistory

__all__ = ["draw_printers", "printers_data"]

_OPEN_AT_MOST = 6


def draw_printers(observed: Observed) -> Html:
    """Return a part for each printer, with its charts and its values at a time one can choose."""
    scale = TimeScale(observed.began, observed.ended, LEFT, RIGHT)
    parts = [_printer(number, one, observed, scale) for number, one in enumerate(observed.printers)]
    left_out = observed.printers_left_out
    return tag(
        "section",
        tag("h2", "Counters and supplies"),
        tag(
            "p",
            "As the clients read and kept them. Lines show growth since the first reading, so that busy and idle meters"
            " share a scale; a gap is time without readings. Move over a chart, or use the slider, for the values.",
        ),
        tag("p", f"{left_out:,} more printers were read; their charts are left out.") if left_out else "",
        parts or tag("p", "No printer was read."),
        id="printers",
    )


def printers_data(observed: Observed) -> list[dict[str, object]]:
    """Return the values that the page's script shows at a chosen time."""
    return [
        {
            "seconds": [int(at.timestamp()) for at in one.times],
            "meters": [line.values for line in one.meters],
            "supplies": [line.percents for line in one.supplies],
        }
        for one in observed.printers
    ]


def _printer(number: int, one: PrinterHistory, observed: Observed, scale: TimeScale) -> Html:
    bills = [bill.read_at for bill in observed.bills if bill.serial_number == one.serial_number and bill.read_at]
    named = " ".join(part for part in (one.vendor, one.model) if part)
    facts = f"{one.state}, read by {one.machine}, {one.readings:,} readings, {len(bills)} bills"
    summary = tag(
        "summary", tag("h3", tag("bdi", one.serial_number)), tag("bdi", named), tag("span", facts, class_="muted")
    )
    if not one.times:
        return tag("details", summary, tag("p", "No reading was kept."), class_="printer", open=True)
    return tag(
        "details",
        summary,
        tag(
            "div",
            tag("div", draw_meters(one, bills, scale), draw_supplies(one, scale), class_="charts"),
            tag("div", _slider(number, one), _meters(one), _supplies(one), class_="values"),
            class_="printer-parts",
            data_printer=number,
            data_left=LEFT,
            data_right=RIGHT,
            data_first=int(scale.first.timestamp()),
            data_last=int(scale.last.timestamp()),
        ),
        class_="printer",
        open=number < _OPEN_AT_MOST,
    )


def _slider(number: int, one: PrinterHistory) -> Html:
    last = len(one.times) - 1
    return tag(
        "p",
        tag(
            "label",
            "Values at ",
            tag("output", f"{one.times[-1]:%Y-%m-%d %H:%M}", for_=f"moment-{number}"),
            for_=f"moment-{number}",
        ),
        tag("input", type="range", min=0, max=last, value=last, id=f"moment-{number}"),
        class_="slider",
    )


def _meters(one: PrinterHistory) -> Html:
    rows: list[list[Html | str]] = [
        [
            tag("span", meter_key(order), tag("bdi", line.name)),
            line.source,
            _number(line.values[0]),
            tag("span", _number(line.values[-1]), data_meter=order),
        ]
        for order, line in enumerate(one.meters)
    ]
    return table(f"Meters of {one.serial_number}", ["Meter", "Source", "First", "Then"], rows, {"First", "Then"})


def _supplies(one: PrinterHistory) -> Html:
    rows: list[list[Html | str]] = [
        [tag("bdi", line.name), line.state, tag("span", _percent(line.percents[-1]), data_supply=order)]
        for order, line in enumerate(one.supplies)
    ]
    return table(f"Supplies of {one.serial_number}", ["Supply", "At the end", "Then"], rows, {"Then"})


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _percent(value: int | None) -> str:
    return "no number" if value is None else f"{value} %"
