"""What the commands share: options, documents, tables."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_scenarios.runner import Result

__all__ = ["Json", "print_json", "print_table", "show"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_NUMERIC = {"DEVICES", "PUBLISHED", "MEASURED", "OFF"}


def print_json(document: Any) -> None:
    """Print a document for machines."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows for people."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column, overflow="fold", justify="right" if column.isupper() and column in _NUMERIC else "left"
        )
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


def show(result: Result) -> None:
    """Print the checks of a run, and whether it passed."""
    print_table(
        ["CHECK", "", "VIOLATIONS"],
        [
            (verdict.promise, "ok" if verdict.passed else "FAILED", "; ".join(verdict.violations))
            for verdict in result.verdicts
        ],
    )
    exchanges = sum(1 for entry in result.transcript if "bytes_sent" in entry.detail)
    outcome = "passed" if result.passed else "FAILED"
    sys.stdout.write(
        f"{result.story.name} in the {result.world} world, seed {result.seed}: {exchanges} exchanges, {outcome}\n"
    )
