"""Print tables of foreign text: aligned for a pipe, fitting a terminal, a value a line where it is too narrow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from esolutions_simulators.console.output import is_terminal, plain, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rich.console import Console

__all__ = ["print_table"]

# So many columns of a terminal a value wants before it is folded in a table.
_READABLE = 12
# However long one value is, the others are not padded further.
_LONGEST_PADDING = 60


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str | None = None,
    right: Collection[str] = (),
    narrow: Collection[str] = (),
) -> None:
    """Print rows under headings, or a sentence where there are none.

    Args:
        columns: the headings.
        rows: a value for each of them; None is nothing. What can be read again is, and is not kept: once to measure
            it, then to print it; a terminal's table is drawn as a whole.
        empty: what is said instead of headings without rows.
        right: the headings of numbers, which end where their column ends.
        narrow: the headings that a terminal shows which is too narrow for all; everything else gets them all.
    """
    if isinstance(rows, Iterator) or is_terminal():
        rows = list(rows)
    if empty is not None and next(iter(rows), None) is None:
        say(empty)
    elif is_terminal():
        _print_fitting(*_narrowed(columns, list(_plain_cells(rows)), narrow), right)
    else:
        sys.stdout.writelines(_aligned(columns, rows, right))


def _plain_cells(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    for row in rows:
        yield [plain("" if cell is None else str(cell)) for cell in row]


def _aligned(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str]) -> Iterator[str]:
    """Yield a line a row, its columns under their headings as long as no value is enormous."""
    from rich.cells import cell_len

    widths = [0] * len(columns)
    for line in chain([columns], _plain_cells(rows)):
        widths = [max(width, min(cell_len(cell), _LONGEST_PADDING)) for width, cell in zip(widths, line, strict=True)]
    for line in chain([columns], _plain_cells(rows)):
        cells = []
        for cell, column, width in zip(line, columns, widths, strict=True):
            padding = " " * (width - cell_len(cell))
            cells.append(padding + cell if column in right else cell + padding)
        yield "  ".join(cells).rstrip() + "\n"


def _narrowed(
    columns: Sequence[str], rows: list[list[str]], narrow: Collection[str]
) -> tuple[Sequence[str], list[list[str]]]:
    """Return the columns that a terminal has room for: all of them, or some that a list names for that."""
    from rich.cells import cell_len
    from rich.console import Console

    widths = [max(cell_len(line[at]) for line in [columns, *rows]) for at in range(len(columns))]
    if not narrow or sum(width + 2 for width in widths) - 2 <= Console().width:
        return columns, rows
    kept = [at for at, column in enumerate(columns) if column in narrow]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]


def _print_fitting(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]) -> None:
    """Print a table on a terminal; where its columns would be slivers, a value a line."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max(cell_len(line[at]) for line in [columns, *rows]) for at in range(len(columns))]
    if sum(min(width, _READABLE) + 2 for width in widths) - 2 > console.width:
        _print_records(console, columns, rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold", justify="right" if column in right else "left")
    for row in rows:
        # As text, not as rich's markup: a cell may hold what a printer or a server wrote.
        table.add_row(*map(Text, row))
    console.print(table)


def _print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    for row in rows:
        record = Table(box=None, pad_edge=False, show_header=False)
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for column, cell in zip(columns, row, strict=True):
            if cell:
                record.add_row(Text(column), Text(cell))
        console.print(record)
        console.print()
