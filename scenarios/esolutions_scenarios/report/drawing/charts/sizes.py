"""Draw published against measured sizes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.report.drawing.charts.axes import NumberScale
from esolutions_scenarios.report.drawing.markup import Html, tag
from esolutions_scenarios.report.drawing.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_scenarios.testbed.transcript import SizeRow

__all__ = ["draw_sizes"]

_WIDTH = 960
_LABELS = 330
_BAR = 26
_TOP = 24
_CHARTED_AT_MOST = 40
_EXPLANATION = (
    "A published formula holds for the nominal fleet, whose fields have nominal lengths. A message about another fleet"
    " differs from it by exactly what its own fields and rows are longer or shorter: that is the accounted size."
    " What the measured size, the bytes of the HTTP body, is off from the accounted one must be 0."
)


@dataclass(frozen=True, slots=True)
class _Line:
    """All messages of a kind with the same number of devices, in bytes."""

    message: str
    devices: int
    count: int
    published: int
    low: int
    high: int
    difference: int
    off: int
    formula: str
    is_published: bool


def draw_sizes(rows: Sequence[SizeRow]) -> Html:
    """Return the sizes of a run's messages as a chart and a table."""
    grouped: dict[tuple[str, int], list[SizeRow]] = defaultdict(list)
    for row in rows:
        grouped[row.message, row.devices].append(row)
    lines = [_line(found) for found in grouped.values()]
    lines.sort(key=lambda line: (not line.is_published, line.message, line.devices))
    return tag(
        "section",
        tag("h2", "Published and measured sizes"),
        tag("p", _EXPLANATION),
        _chart(lines[:_CHARTED_AT_MOST]) if lines else tag("p", "No message crossed."),
        _table(lines),
        id="sizes",
    )


def _line(rows: list[SizeRow]) -> _Line:
    first = rows[0]
    formula = load_specification().formula_of(first.message)
    differences = [row.measured - row.published for row in rows]
    offs = [row.measured - row.expected for row in rows]
    return _Line(
        message=first.message,
        devices=first.devices,
        count=sum(row.count for row in rows),
        published=first.published,
        low=min(row.measured for row in rows),
        high=max(row.measured for row in rows),
        difference=max(differences, key=abs),
        off=max(offs, key=abs),
        formula=f"{formula.per_device}x + {formula.constant}" if formula.per_device else str(formula.constant),
        is_published=formula.citation is not None,
    )


def _chart(lines: list[_Line]) -> Html:
    scale = NumberScale(0, max(max(line.high, line.published) for line in lines) * 1.02, _LABELS, _WIDTH - 16)
    height = _TOP + _BAR * len(lines) + 8
    ticks = [
        (
            tag("line", x1=f"{scale.place(value):.1f}", x2=f"{scale.place(value):.1f}", y1=_TOP - 4, y2=height),
            tag("text", f"{value:,.0f}", x=f"{scale.place(value):.1f}", y=_TOP - 9, text_anchor="middle"),
        )
        for value in scale.ticks(8)
    ]
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("span", "", class_="key measured"),
            "measured, bytes of the HTTP body ",
            tag("span", "", class_="key published"),
            "what the formula gives for the nominal fleet",
        ),
        tag(
            "div",
            tag(
                "svg",
                tag("title", "Measured bytes of each message against its published formula"),
                tag("g", [one for pair in ticks for one in pair], class_="grid"),
                [_bar(line, scale, _TOP + _BAR * number) for number, line in enumerate(lines)],
                viewBox=f"0 0 {_WIDTH} {height}",
                role="img",
            ),
            class_="scroll",
        ),
        class_="chart sizes",
    )


def _bar(line: _Line, scale: NumberScale, y: int) -> Html:
    devices = f", {line.devices} device{'s' if line.devices != 1 else ''}" if line.devices else ""
    place = f"{scale.place(line.published):.1f}"
    return tag(
        "g",
        tag(
            "title",
            f"{line.message}{devices}: {line.count} messages, formula {line.published:,}, measured {_span(line)} bytes",
        ),
        tag("text", f"{line.message}{devices}", x=_LABELS - 8, y=y + 17, text_anchor="end", class_="label"),
        tag(
            "rect",
            x=_LABELS,
            y=y + 5,
            width=f"{scale.place(line.high) - _LABELS:.1f}",
            height=_BAR - 10,
            class_="measured",
        ),
        tag("line", x1=place, x2=place, y1=y + 1, y2=y + _BAR - 1, class_="published"),
    )


def _table(lines: list[_Line]) -> Html:
    columns = ["Message", "Formula", "Devices", "Messages", "Formula gives", "Measured", "Difference", "Off"]
    rows = [
        [
            line.message,
            f"{line.formula}{'' if line.is_published else ' (ours, none is published)'}",
            f"{line.devices:,}",
            f"{line.count:,}",
            f"{line.published:,}",
            _span(line),
            f"{line.difference:+,}" if line.difference else "0",
            tag("strong", f"\N{BALLOT X} {line.off:+,}", class_="broken") if line.off else "\N{CHECK MARK} 0",
        ]
        for line in lines
    ]
    return table(
        "Sizes in bytes; difference is the largest from the formula, accounted for by the fields",
        columns,
        rows,
        columns[2:],
    )


def _span(line: _Line) -> str:
    return f"{line.low:,}" if line.low == line.high else f"{line.low:,} to {line.high:,}"
