"""Draw a table that a screen reader can read aloud and a narrow screen can scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["table"]


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[Html | str]], numeric: Collection[str] = ()
) -> Html:
    """Return a table; the columns named in `numeric` stand to the right."""
    classes = ["number" if column in numeric else None for column in columns]
    head = [tag("th", column, scope="col", class_=kind) for column, kind in zip(columns, classes, strict=True)]
    body = [tag("tr", [tag("td", cell, class_=kind) for cell, kind in zip(row, classes, strict=True)]) for row in rows]
    return tag(
        "div",
        tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", body)),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )
