"""Do what the command line asks for: serve a fleet, list the models, record a printer.

The options, and what wrong usage looks like, are in `cli`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from esolutions_simulators.clock import ClockFile
from esolutions_simulators.console.output import complain, print_document, print_json, say_lines
from esolutions_simulators.console.tables import print_table
from esolutions_simulators.fleets.building import BASE_ADDRESS, addresses_from, build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.fleets.fleet_file import load_fleet
from esolutions_simulators.models import ModelError, load_model, model_names
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.recordings import recording_names, recording_path
from esolutions_simulators.recordings.snmprec import record_lines
from esolutions_simulators.snmp import EngineName, PrinterServer, PrinterServerError
from esolutions_simulators.snmp.through_snmpsim.recordings import RecordingsEngine
from esolutions_simulators.toml_files.toml_file import TomlFileError

__all__ = ["Order", "Responders", "list_models", "record", "serve"]

_DEFAULT_MODEL = "colour-a3-mfp"
_DEFAULT_COUNT = 5
_RECORDED_ADDRESS = "192.0.2.1"
_NEEDED: dict[EngineName, tuple[str, ...]] = {"fast": (), "snmpsim": ("cryptography", "pysmi", "snmpsim")}


@dataclass(frozen=True, slots=True)
class Order:
    """What `serve` was asked for."""

    fleet_file: Path | None
    count: int | None
    model: str | None
    base: str | None
    seed: int
    clock: Path | None


@dataclass(frozen=True, slots=True)
class Responders:
    """At which port what answers, in how many processes."""

    port: int
    engine: EngineName
    processes: int

    def server(self, directory: FleetDirectory, fleet: Fleet) -> PrinterServer:
        """Return what serves the fleet in a folder."""
        return PrinterServer(directory, port=self.port, engine=self.engine, processes=self.processes, fleet=fleet)


def record(model: str, seed: int, at: datetime) -> None:
    """Write what a printer of a model answers as a .snmprec file."""
    try:
        fleet = build_fleet(1, model, seed=seed, base_address=_RECORDED_ADDRESS, installed_at=at)
    except ModelError as error:
        raise typer.BadParameter(str(error)) from error
    print_document("\n".join(record_lines(SimulatedAgent(fleet.printers[0]).rows_at(at.timestamp()))))


def list_models(*, as_json: bool) -> None:
    """List the models, as a table for people or as JSON for programs."""
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


def serve(
    order: Order, how: Responders, now: Callable[[], datetime], wait: Callable[[Callable[[], None]], None]
) -> None:
    """Serve a fleet until the wait is over."""
    # The agents are processes of their own, whose log is not shown: what they lack is missed here.
    for needed in _NEEDED[how.engine]:
        import_module(needed)

    with TemporaryDirectory(prefix="esolutions-fleet-") as folder:
        try:
            directory, written = _prepared(order, Path(folder), now)
        except (ModelError, FleetError, TomlFileError) as error:
            raise typer.BadParameter(str(error)) from error
        try:
            fleet = directory.read() if written is None else written
            if any(printer.users for printer in fleet):
                # What version 3 is encrypted with.
                import_module("cryptography")
            with how.server(directory, fleet) as server, directory.clock() as clock:
                say_lines(_line(printer, server.port) for printer in fleet)
                wait(_tick(server.check, None if order.clock else clock, now))
        except (PrinterServerError, FleetError) as error:
            complain("esolutions-printers", str(error))
            raise typer.Exit(1) from error


def serve_recordings(
    names: Sequence[str], base: str | None, port: int, wait: Callable[[Callable[[], None]], None]
) -> None:
    """Serve recordings by snmpsim, an address each, until the wait is over."""
    for needed in _NEEDED["snmpsim"]:
        import_module(needed)
    paths = [_recording(name) for name in names]
    try:
        addresses = list(addresses_from(base or BASE_ADDRESS, len(paths)))
    except FleetError as error:
        raise typer.BadParameter(str(error)) from error
    with TemporaryDirectory(prefix="esolutions-recordings-") as folder:
        directory, engine = FleetDirectory(Path(folder)), RecordingsEngine(paths)
        try:
            with PrinterServer(
                directory, port=port, spare_addresses=addresses, engine=engine, fleet=Fleet(())
            ) as server:
                say_lines(f"{endpoint}  {path.name}" for endpoint, path in zip(server.endpoints, paths, strict=True))
                wait(server.check)
        except PrinterServerError as error:
            complain("esolutions-printers", str(error))
            raise typer.Exit(1) from error


def _recording(name: str) -> Path:
    """Return the file that is meant: one of this name, or the recording of a model.

    Raises:
        BadParameter: there is neither, or it is no file that can be read.
    """
    path = Path(name)
    try:
        if name not in recording_names():
            path.open("rb").close()
            return path
    except OSError as error:
        known = ", ".join(recording_names())
        raise typer.BadParameter(f"{name}: {error.strerror}; nor is it the name of a model: {known}") from error
    return recording_path(name)


def _tick(check: Callable[[], None], clock: ClockFile | None, now: Callable[[], datetime]) -> Callable[[], None]:
    """Return what to do a few times a second: see that all is well, and move the clock if it is ours to move."""

    def tick() -> None:
        check()
        if clock is not None:
            clock.set(now())

    return tick


def _line(printer: SimulatedPrinter, port: int) -> str:
    return f"{printer.address}:{port}  {printer.model.name}  {printer.serial}"


def _prepared(order: Order, own_folder: Path, now: Callable[[], datetime]) -> tuple[FleetDirectory, Fleet | None]:
    """Return the folder to serve from, that of the clock file or our own, and what was written there if it was."""
    if order.clock is None:
        directory = FleetDirectory(own_folder)
        fleet = _fleet(order, now())
        directory.create(fleet, now()).close()
        return directory, fleet
    directory = FleetDirectory(order.clock.parent, order.clock.name)
    is_asked_for = order.fleet_file is not None or order.count is not None or order.model is not None
    if not directory.clock_path.exists():
        fleet = _fleet(order, now())
        directory.create(fleet, now()).close()
    elif is_asked_for or not directory.fleet_path.exists():
        with directory.clock() as clock:
            fleet = _fleet(order, clock.now())
            directory.write(fleet)
    else:
        return directory, None
    return directory, fleet


def _fleet(order: Order, installed_at: datetime) -> Fleet:
    if order.fleet_file is not None:
        return load_fleet(
            order.fleet_file, installed_at=installed_at, base_address=order.base or BASE_ADDRESS, seed=order.seed
        )
    names = (order.model or _DEFAULT_MODEL).split(",")
    count = order.count or _DEFAULT_COUNT
    return build_fleet(
        count, names, seed=order.seed, base_address=order.base or BASE_ADDRESS, installed_at=installed_at
    )
