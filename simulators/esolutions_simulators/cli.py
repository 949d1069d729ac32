"""Offer the simulated printers on the command line.

Output for people and programs goes to stdout, everything else to stderr.
Exit codes: 0 done, 1 the thing asked for failed, 2 wrong usage. The real
clock and the wait come from __main__.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.metadata import version as version_of
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from esolutions_simulators.agent import SimulatedAgent
from esolutions_simulators.clock import ClockFile
from esolutions_simulators.console.output import (
    complain,
    complain_of_usage,
    is_terminal,
    print_document,
    print_json,
    print_table,
    say,
)
from esolutions_simulators.fleet import BASE_ADDRESS, Fleet, FleetDirectory, FleetError, build_fleet
from esolutions_simulators.fleet_file import load_fleet
from esolutions_simulators.mib.recording import record_lines
from esolutions_simulators.models import ModelError, load_model, model_names
from esolutions_simulators.printer import SimulatedPrinter
from esolutions_simulators.toml_file import TomlFileError

__all__ = ["Waiting", "build_app", "run"]

_DEFAULT_MODEL = "colour-a3-mfp"
_DEFAULT_COUNT = 5
_RECORDED_ADDRESS = "192.0.2.1"
_NEEDED_TO_SERVE = ("cryptography", "pysmi", "snmpsim")


# Calls its argument a few times a second until a signal comes.
Waiting = Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class _Order:
    """What `serve` was asked for."""

    fleet_file: Path | None
    count: int | None
    model: str | None
    base: str
    seed: int
    clock: Path | None


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
        count: Annotated[int | None, typer.Option(min=1, help="How many printers [5].")] = None,
        model: Annotated[str | None, typer.Option(help="Their model, or several with commas.")] = None,
        base: Annotated[str, typer.Option(help="The first address.")] = BASE_ADDRESS,
        port: Annotated[int, typer.Option(min=0, max=65535, help="UDP port at every address; 0 picks one.")] = 1161,
        nominal: Annotated[  # noqa: FBT002 -- typer's form of a flag
            bool, typer.Option("--nominal", help="The printers of the published sizes.")
        ] = False,
        seed: Annotated[int, typer.Option(help="Draws serial numbers and usage.")] = 1,
        clock: Annotated[Path | None, typer.Option(help="Follow this clock file, not the real time.")] = None,
    ) -> None:
        """Answer SNMP for a fleet, one loopback address per printer, until interrupted."""
        if nominal:
            if model not in (None, "nominal"):
                raise typer.BadParameter("--nominal and --model exclude each other")
            model = "nominal"
        order = _Order(fleet_file, count, model, base, seed, clock)
        if fleet_file is not None and (count is not None or model is not None):
            raise typer.BadParameter("FLEET.toml takes the place of --count, --model and --nominal")
        _serve(order, port, now, listen_for_signals())

    @app.command()
    def models(
        as_json: Annotated[  # noqa: FBT002 -- typer's form of a flag
            bool, typer.Option("--json", help="One JSON document.")
        ] = False,
    ) -> None:
        """List the printer models."""
        _list_models(as_json=as_json)

    @app.command()
    def snmprec(
        model: Annotated[str, typer.Argument(help="The name of a model.")],
        seed: Annotated[int, typer.Option(help="Draws the serial number and the usage.")] = 1,
        at: Annotated[datetime | None, typer.Option(help="The moment to record (UTC) [now].")] = None,
    ) -> None:
        """Write what a printer of a model answers as a .snmprec file."""
        try:
            moment = at.replace(tzinfo=now().tzinfo) if at else now()
            fleet = build_fleet(1, model, seed=seed, base_address=_RECORDED_ADDRESS, installed_at=moment)
        except ModelError as error:
            raise typer.BadParameter(str(error)) from error
        print_document("\n".join(record_lines(SimulatedAgent(fleet.printers[0]).rows_at(moment.timestamp()))))

    return app


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 -- typer's form of a callback
    if is_asked:
        say(f"esolutions-printers {version_of('esolutions')}")
        raise typer.Exit


def _list_models(*, as_json: bool) -> None:
    rows = [load_model(name) for name in model_names()]
    if as_json:
        document = [
            {
                "name": model.name,
                "title": model.title,
                "vendor": model.vendor,
                "meters": [meter.name for meter in model.lifetime_meters],
                "supplies": len(model.supplies),
                "quirks": list(model.quirks),
            }
            for model in rows
        ]
        print_json({"models": document})
        return
    print_table(
        ["MODEL", "METERS", "SUPPLIES", "WHAT IT IS"],
        [(model.name, len(model.lifetime_meters), len(model.supplies), model.title) for model in rows],
        right={"METERS", "SUPPLIES"},
    )


def _serve(order: _Order, port: int, now: Callable[[], datetime], wait: Waiting) -> None:
    # The agents are processes of their own, whose log nobody reads: what they lack is missed here.
    for needed in _NEEDED_TO_SERVE:
        import_module(needed)
    from esolutions_simulators.snmp import PrinterServer, PrinterServerError

    with TemporaryDirectory(prefix="esolutions-fleet-") as folder:
        try:
            directory = _prepared(order, Path(folder), now)
        except (ModelError, FleetError, TomlFileError) as error:
            raise typer.BadParameter(str(error)) from error
        try:
            with PrinterServer(directory, port=port) as server, directory.clock() as clock:
                for printer in directory.read():
                    say(_line(printer, server.port))
                wait(_tick(server.check, None if order.clock else clock, now))
        except PrinterServerError as error:
            complain("esolutions-printers", str(error))
            raise typer.Exit(1) from error


def _tick(check: Callable[[], None], clock: ClockFile | None, now: Callable[[], datetime]) -> Callable[[], None]:
    """Return what to do a few times a second: see that all is well, and move the clock if it is ours to move."""

    def tick() -> None:
        check()
        if clock is not None:
            clock.set(now())

    return tick


def _line(printer: SimulatedPrinter, port: int) -> str:
    return f"{printer.address}:{port}  {printer.model.name}  {printer.serial}"


def _prepared(order: _Order, own_folder: Path, now: Callable[[], datetime]) -> FleetDirectory:
    """Return the folder to serve from: that of the clock file, or one of our own on the real clock."""
    if order.clock is None:
        directory = FleetDirectory(own_folder)
        directory.create(_fleet(order, now()), now()).close()
        return directory
    directory = FleetDirectory(order.clock.parent, order.clock.name)
    is_asked_for = order.fleet_file is not None or order.count is not None or order.model is not None
    if not directory.clock_path.exists():
        directory.create(_fleet(order, now()), now()).close()
    elif is_asked_for or not directory.fleet_path.exists():
        with directory.clock() as clock:
            directory.write(_fleet(order, clock.now()))
    return directory


def _fleet(order: _Order, installed_at: datetime) -> Fleet:
    if order.fleet_file is not None:
        return load_fleet(order.fleet_file, installed_at=installed_at, base_address=order.base, seed=order.seed)
    names = (order.model or _DEFAULT_MODEL).split(",")
    count = order.count or _DEFAULT_COUNT
    return build_fleet(count, names, seed=order.seed, base_address=order.base, installed_at=installed_at)
