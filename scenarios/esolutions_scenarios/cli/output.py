"""What the commands share: the option of documents, and how the result of a run is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_client.cli.console.output import say
from esolutions_client.cli.console.tables import print_table

if TYPE_CHECKING:
    from esolutions_scenarios.story_runner import Result

__all__ = ["Json", "show"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def show(result: Result) -> None:
    """Print the checks of a run, whether it passed, and where what failed did."""
    print_table(
        ["RESULT", "CHECK"],
        [("ok" if verdict.passed else "FAILED", verdict.promise) for verdict in result.verdicts],
    )
    exchanges = sum(1 for entry in result.transcript if "bytes_sent" in entry.detail)
    outcome = "passed" if result.passed else "FAILED"
    say(f"{result.story.name} in the {result.world} world, seed {result.seed}: {exchanges} exchanges, {outcome}")
    for line in result.explained.splitlines():
        say(line)
