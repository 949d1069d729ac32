"""Print results: one JSON document on stdout for machines, tables for people; everything else goes to stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

__all__ = ["moment", "plain", "print_json", "print_table", "say"]


def print_json(document: Any) -> None:
    """Print one JSON document and a line end."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under headings, or a sentence where there are none."""
    listed = list(rows)
    if not listed:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in listed:
        # As text, not as rich's markup: a cell may hold what a printer or a server wrote.
        table.add_row(*(Text("" if cell is None else plain(str(cell))) for cell in row))
    Console().print(table)


def plain(text: str) -> str:
    """Return foreign text as one line without control characters: it must not steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def say(text: str) -> None:
    """Print a sentence for people."""
    sys.stdout.write(text + "\n")


def moment(value: datetime | None) -> str | None:
    """Return a moment as JSON carries it: `2026-01-31T23:59:59Z`."""
    from esolutions_client.wire.lexical import format_moment

    return None if value is None else format_moment(value)
