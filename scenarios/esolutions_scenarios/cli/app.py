"""Put the commands together and turn what goes wrong into exit codes: 1 a check failed, 2 it was asked wrongly."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from esolutions_scenarios.cli.proofs import bench, sabotages, swarm
from esolutions_scenarios.cli.stories import demo, list_stories, run, sizes
from esolutions_scenarios.stories.registry import StoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["run_command_line"]


def run_command_line(arguments: Sequence[str], *, stopwatch: Callable[[], float]) -> int:
    """Run one command and return its exit code."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for command in (list_stories, run, sizes, demo, swarm, sabotages, bench):
        app.command("list" if command is list_stories else command.__name__)(command)

    @app.callback()
    def begin(context: typer.Context) -> None:
        """Run stories of clients, a server and printers, and check what came of them."""
        context.obj = stopwatch

    try:
        code = app(list(arguments), prog_name="esolutions-scenarios", standalone_mode=False)
    except StoryError as error:
        sys.stderr.write(f"esolutions-scenarios: {error}\n")
        return 2
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        error.show()
        return int(error.exit_code)
    return code if isinstance(code, int) else 0
