"""Offer the simulated printers on the command line.

Output for people and programs goes to stdout, everything else to stderr.
Exit codes: 0 done, 1 the thing asked for failed, 2 wrong usage. The real
clock and the wait come from __main__.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer

from esolutions_simulators.console.output import complain_of_usage, is_terminal, say

__all__ = ["Waiting", "build_app", "run"]


class _Engine(Enum):
    """What answers."""

    FAST = "fast"
    SNMPSIM = "snmpsim"


_MOST_PRINTERS = 1_000_000
# Calls its argument a few times a second until a signal comes.
Waiting = Callable[[Callable[[], None]], None]


def run(app: typer.Typer, arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        # typer returns the code of typer.Exit here, as `standalone_mode` is off.
        code = app(arguments, prog_name="esolutions-printers", standalone_mode=False)
    except typer.Abort:
        return 1
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        return complain_of_usage(error)
    return code if isinstance(code, int) else 0


def build_app(now: Callable[[], datetime], listen_for_signals: Callable[[], Waiting]) -> typer.Typer:
    """Return the command line application.

    Args:
        now: the clock that a fleet follows if it is given none.
        listen_for_signals: begins to listen, and returns what waits for the signal.
    """
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if is_terminal() else None,
    )

    @app.callback()
    def begin(
        version: Annotated[  # noqa: FBT002 -- typer's form of a flag
            bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
        ] = False,
    ) -> None:
        """Printers made of software."""
        del version

    @app.command()
    def serve(
        fleet_file: Annotated[Path | None, typer.Argument(metavar="FLEET.toml", help="Printers as a file.")] = None,
        count: Annotated[int | None, typer.Option(min=1, max=_MOST_PRINTERS, help="How many printers [5].")] = None,
        model: Annotated[str | None, typer.Option(help="Their model, or several with commas.")] = None,
        base: Annotated[str | None, typer.Option(help="The first address [127.0.0.10].")] = None,
        port: Annotated[int, typer.Option(min=0, max=65535, help="UDP port at every address; 0 picks one.")] = 1161,
        nominal: Annotated[  # noqa: FBT002 -- typer's form of a flag
            bool, typer.Option("--nominal", help="The printers of the published sizes.")
        ] = False,
        seed: Annotated[int, typer.Option(help="Draws serial numbers and usage.")] = 1,
        clock: Annotated[Path | None, typer.Option(help="Follow this clock file, not the real time.")] = None,
        engine: Annotated[_Engine, typer.Option(help="Our own responder, or that of snmpsim.")] = _Engine.FAST,
        processes: Annotated[int, typer.Option(min=1, max=64, help="Share the addresses among so many [fast].")] = 1,
        recording: Annotated[
            list[str] | None,
            typer.Option(metavar="FILE|MODEL", help="A .snmprec file, or that of a model; once for each [snmpsim]."),
        ] = None,
    ) -> None:
        """Answer SNMP for a fleet, one loopback address per printer, until interrupted."""
        if nominal:
            if model not in (None, "nominal"):
                raise typer.BadParameter("--nominal and --model exclude each other")
            model = "nominal"
        if fleet_file is not None and (count is not None or model is not None):
            raise typer.BadParameter("FLEET.toml takes the place of --count, --model and --nominal")
        is_of_models = (fleet_file, count, model, clock) != (None, None, None, None)
        _refuse_contradictions(engine, processes, has_recordings=bool(recording), is_of_models=is_of_models)
        # Here, as asking for help takes no printers.
        from esolutions_simulators import commands

        if recording:
            commands.serve_recordings(recording, base, port, listen_for_signals())
            return
        order = commands.Order(fleet_file, count, model, base, seed, clock)
        how = commands.Responders(port, engine.value, processes)
        commands.serve(order, how, now, listen_for_signals())

    @app.command()
    def models(
        as_json: Annotated[  # noqa: FBT002 -- typer's form of a flag
            bool, typer.Option("--json", help="One JSON document.")
        ] = False,
    ) -> None:
        """List the printer models."""
        from esolutions_simulators import commands

        commands.list_models(as_json=as_json)

    @app.command()
    def snmprec(
        model: Annotated[str, typer.Argument(help="The name of a model.")],
        seed: Annotated[int, typer.Option(help="Draws the serial number and the usage.")] = 1,
        at: Annotated[datetime | None, typer.Option(help="The moment to record (UTC) [now].")] = None,
    ) -> None:
        """Write what a printer of a model answers as a .snmprec file."""
        from esolutions_simulators import commands

        commands.record(model, seed, at.replace(tzinfo=now().tzinfo) if at else now())

    return app


def _refuse_contradictions(engine: _Engine, processes: int, *, has_recordings: bool, is_of_models: bool) -> None:
    """Refuse options of one engine beside the other, and recordings beside what else may be served."""
    if engine is _Engine.SNMPSIM and processes != 1:
        raise typer.BadParameter("--processes is for --engine fast: snmpsim has a process for every few printers")
    if has_recordings and engine is not _Engine.SNMPSIM:
        raise typer.BadParameter("--recording is for --engine snmpsim, whose records these are")
    if has_recordings and is_of_models:
        raise typer.BadParameter("--recording takes the place of FLEET.toml, --count, --model, --nominal and --clock")


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 -- typer's form of a callback
    if is_asked:
        say(f"esolutions-printers {version_of('esolutions')}")
        raise typer.Exit
