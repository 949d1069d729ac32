"""Draw the supplies of a printer, a strip each: the level over time between empty and full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import NumberScale
from esolutions_scenarios.report.drawing.charts.meter_chart import LEFT, RIGHT, paths, time_grid
from esolutions_scenarios.report.drawing.markup import Html, tag

if TYPE_CHECKING:
    from esolutions_scenarios.report.content import PrinterHistory, SupplyLine
    from esolutions_scenarios.report.drawing.charts.axes import TimeScale

__all__ = ["draw_supplies"]

_WIDTH = 720
_STRIP = 44
_PLOT = 24
_COLOURS = {"black", "cyan", "magenta", "yellow"}


def draw_supplies(one: PrinterHistory, scale: TimeScale) -> Html | str:
    """Return the chart of a printer's supplies; nothing where it has none."""
    if not one.supplies:
        return ""
    bottom = _STRIP * len(one.supplies)
    return tag(
        "figure",
        tag(
            "figcaption", f"Supplies, empty to full; the broken line is {one.low_percent} %, from which a level is low"
        ),
        tag(
            "svg",
            tag("title", f"Levels of {len(one.supplies)} supplies of {one.serial_number}; the table has the values"),
            tag("g", time_grid(scale, 0, bottom), class_="grid"),
            [_strip(one, line, _STRIP * number, scale) for number, line in enumerate(one.supplies)],
            tag("line", y1=0, y2=bottom, x1=-9, x2=-9, class_="cursor"),
            viewBox=f"0 0 {_WIDTH} {bottom + 26}",
            role="img",
        ),
        class_="chart",
    )


def _strip(one: PrinterHistory, line: SupplyLine, y: int, scale: TimeScale) -> Html:
    bottom = y + _STRIP - 4
    up = NumberScale(0, 100, bottom, bottom - _PLOT)
    colour = line.colorant if line.colorant in _COLOURS else "plain"
    known = [percent for percent in line.percents if percent is not None]
    said = line.name if known else f"{line.name}: the printer gives no level ({line.state})"
    low = f"{up.place(one.low_percent):.1f}"
    drawn = paths(one.times, line.percents, scale, up)
    return tag(
        "g",
        tag("title", f"{line.name}: {line.state} at the end"),
        tag("rect", x=LEFT, y=bottom - _PLOT, width=RIGHT - LEFT, height=_PLOT, class_="strip"),
        tag("line", x1=LEFT, x2=RIGHT, y1=low, y2=low, class_="low"),
        tag("path", d=_area(drawn, bottom), class_=f"area {colour}"),
        tag("path", d=drawn, class_=f"level {colour}"),
        tag("text", said, x=LEFT, y=y + 12, class_="label"),
        tag("text", f"{known[-1]} %" if known else "", x=LEFT - 8, y=bottom - _PLOT / 2 + 4, text_anchor="end"),
    )


def _area(drawn: str, bottom: float) -> str:
    """Return the `d` that fills each piece of a line down to the bottom of its strip."""
    pieces = []
    for piece in drawn.split("M")[1:]:
        first, last = piece.split(" ")[0], piece.split("L")[-1].split(" ")[0]
        pieces.append(f"M{piece}L{last} {bottom}L{first} {bottom}Z")
    return "".join(pieces)
