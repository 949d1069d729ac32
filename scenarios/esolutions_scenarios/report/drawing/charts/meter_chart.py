"""Draw the meters of a printer as growth since its first reading, with the times it was billed."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import NumberScale
from esolutions_scenarios.report.drawing.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from esolutions_scenarios.report.content import MeterLine, PrinterHistory
    from esolutions_scenarios.report.drawing.charts.axes import TimeScale

__all__ = ["LEFT", "RIGHT", "draw_meters", "meter_key", "paths", "time_grid"]

LEFT = 72
RIGHT = 704
_WIDTH = 720
_HEIGHT = 250
_TOP = 22
_BOTTOM = 222
# Lines of their own colour and dash; further ones look alike and are told apart by the table.
_STYLES = 6
# Polls come every two hours; a silence of more than this is a gap, or of three points where points are rarer.
_GAP = timedelta(hours=12)


def draw_meters(one: PrinterHistory, billed: Sequence[datetime], scale: TimeScale) -> Html:
    """Return the chart of a printer's meters."""
    grown = [list(_growth(line)) for line in one.meters]
    most = max((value for values in grown for value in values if value is not None), default=0)
    up = NumberScale(0, max(most, 1) * 1.05, _BOTTOM, _TOP)
    lines = [
        tag(
            "path",
            tag("title", line.name),
            d=paths(one.times, values, scale, up),
            class_=f"line line-{min(order, _STYLES)}",
        )
        for order, (line, values) in reversed(list(enumerate(zip(one.meters, grown, strict=True))))
    ]
    falls = [_fall(one.times[place], scale) for line in one.meters for place in _falls(line)]
    return tag(
        "figure",
        tag("figcaption", "Growth of the meters since the first reading ", _legend(has_falls=bool(falls))),
        tag(
            "svg",
            tag(
                "title",
                f"Growth of {len(one.meters)} meters of {one.serial_number}; the table beside it has the values",
            ),
            _grid(scale, up),
            [_bill(at, scale) for at in billed],
            lines,
            falls,
            tag("line", y1=_TOP, y2=_BOTTOM, x1=-9, x2=-9, class_="cursor"),
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            role="img",
        ),
        class_="chart",
    )


def meter_key(order: int) -> Html:
    """Return a piece of a meter's line, to stand beside its name."""
    line = tag("path", d="M0 5H28", class_=f"line line-{min(order, _STYLES)}")
    return tag("svg", line, viewBox="0 0 28 10", width=28, height=10, class_="swatch", aria_hidden="true")


def time_grid(scale: TimeScale, top: float, bottom: float) -> list[Html]:
    """Return the lines and labels of a time axis."""
    drawn = []
    for at, label in scale.ticks(7):
        x = f"{scale.place(at):.1f}"
        drawn.append(tag("line", x1=x, x2=x, y1=top, y2=bottom))
        drawn.append(tag("text", label, x=x, y=bottom + 18, text_anchor="middle"))
    return drawn


def paths(times: Sequence[datetime], values: Sequence[float | None], scale: TimeScale, up: NumberScale) -> str:
    """Return the `d` of a line that breaks where a value or the readings are missing."""
    gap = _gap(times)
    written = []
    before: datetime | None = None
    for at, value in zip(times, values, strict=True):
        if value is None:
            before = None
            continue
        pen = "L" if before is not None and at - before <= gap else "M"
        written.append(f"{pen}{scale.place(at):.1f} {up.place(value):.1f}")
        before = at
    return "".join(written)


def _gap(times: Sequence[datetime]) -> timedelta:
    """Return how long a pause between two points must be to be a gap."""
    pauses = sorted(after - before for before, after in pairwise(times))
    return max(_GAP, 3 * pauses[len(pauses) // 2]) if pauses else _GAP


def _growth(line: MeterLine) -> Iterator[int | None]:
    """Yield how far a meter has counted; where it fell, counting goes on from there."""
    total = 0
    before: int | None = None
    for value in line.values:
        if value is None:
            yield None
            continue
        total += max(0, value - (value if before is None else before))
        before = value
        yield total


def _falls(line: MeterLine) -> Iterator[int]:
    """Yield the places where a meter shows less than before: it rolled over, or went backwards."""
    before = 0
    for place, value in enumerate(line.values):
        if value is not None:
            if value < before:
                yield place
            before = value


def _grid(scale: TimeScale, up: NumberScale) -> Html:
    drawn = time_grid(scale, _TOP, _BOTTOM)
    for value in up.ticks(5):
        y = f"{up.place(value):.1f}"
        drawn.append(tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y))
        drawn.append(tag("text", f"{value:,.0f}", x=LEFT - 8, y=y, dy=4, text_anchor="end"))
    return tag("g", drawn, class_="grid")


def _bill(at: datetime, scale: TimeScale) -> Html:
    x = f"{scale.place(at):.1f}"
    return tag(
        "g",
        tag("title", f"billed with the reading of {at:%Y-%m-%d %H:%M}"),
        tag("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM),
        tag("path", d=f"M{x} {_TOP - 10}l5 5-5 5-5-5Z"),
        class_="billed",
    )


def _fall(at: datetime, scale: TimeScale) -> Html:
    x = f"{scale.place(at):.1f}"
    return tag(
        "path", tag("title", f"a meter fell at {at:%Y-%m-%d %H:%M}"), d=f"M{x} {_BOTTOM}l-6-11h12Z", class_="fall"
    )


def _legend(*, has_falls: bool) -> Html:
    fell = ", \N{BLACK DOWN-POINTING TRIANGLE} a meter fell" if has_falls else ""
    return tag("span", f"(\N{BLACK DIAMOND} billed{fell})", class_="muted")
