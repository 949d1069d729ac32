"""Put the commands together and turn what goes wrong into exit codes: 1 a check failed, 2 it was asked wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_client import __version__
from esolutions_client.cli.console.output import complain, complain_of_usage, is_terminal, say
from esolutions_scenarios.cli.stories import demo, list_stories, run, sizes
from esolutions_scenarios.cli.verification import bench, sabotages, swarm
from esolutions_scenarios.stories.registry import StoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["run_command_line"]


def run_command_line(arguments: Sequence[str], *, stopwatch: Callable[[], float]) -> int:
    """Run one command and return its exit code."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if is_terminal() else None,
    )
    for command in (list_stories, run, sizes, demo, swarm, sabotages, bench):
        app.command("list" if command is list_stories else command.__name__)(command)

    @app.callback()
    def begin(
        context: typer.Context,
        *,
        version: Annotated[
            bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
        ] = False,
    ) -> None:
        """Run stories of clients, a server and printers, and check what came of them."""
        del version
        context.obj = stopwatch

    try:
        code = app(list(arguments), prog_name="esolutions-scenarios", standalone_mode=False)
    except typer.Abort:
        return 1
    except StoryError as error:
        complain("esolutions-scenarios", str(error))
        return 2
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        return complain_of_usage(error)
    return code if isinstance(code, int) else 0


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - typer's form of a callback
    if is_asked:
        say(f"esolutions-scenarios {__version__}")
        raise typer.Exit
