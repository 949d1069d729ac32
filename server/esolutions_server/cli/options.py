"""What all commands share: where the data is, how to print, and how to fail."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from platformdirs import user_data_path

from esolutions_server.cli.output import print_json, print_table, say
from esolutions_server.cli.virtual_clock import VirtualClock
from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from _typeshed import DataclassInstance

    from esolutions_server.reference import ReferenceServer

__all__ = [
    "DataDir",
    "Database",
    "Json",
    "OptionalSerial",
    "Serial",
    "Setting",
    "Table",
    "guid",
    "moment_text",
]


def guid(text: str) -> str:
    """Read a GUID that was typed; the name of this function is what `--help` shows."""
    try:
        return canonical_guid(text)
    except IdentityError as error:
        raise typer.BadParameter(str(error)) from None


def serial_number(text: str) -> str:
    """Read a serial number that was typed."""
    try:
        return canonical_serial(text)
    except IdentityError as error:
        raise typer.BadParameter(str(error)) from None


Serial = Annotated[str, typer.Argument(parser=serial_number)]
OptionalSerial = Annotated[str | None, typer.Argument(parser=serial_number)]
Database = Annotated[str | None, typer.Option(help="Database URL; by default server.sqlite in the data directory.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the server keeps its files.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to print, with the columns a person wants to see; JSON has them all.

    The rows are read as they are printed, and for a table once before, to measure it.
    """

    rows: Callable[[], Iterator[DataclassInstance]]
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[list[str]]:
        """Read the rows, each with the text of its columns."""
        for row in self.rows():
            yield [moment_text(getattr(row, column)) for column in self.columns]


@dataclass(frozen=True, slots=True)
class Setting:
    """The clock and the randomness of this process."""

    now: Callable[[], datetime]
    rng: random.Random

    def existing_data_dir(self, chosen: Path | None) -> Path:
        """Return the data directory, which may not be there."""
        return chosen or user_data_path("esolutions-server")

    def data_dir(self, chosen: Path | None) -> Path:
        """Return the data directory, made if it was not there."""
        directory = self.existing_data_dir(chosen)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return directory

    def database_url(self, database: str | None, data_dir: Path | None) -> str:
        """Return the database to use."""
        return database or f"sqlite:///{self.data_dir(data_dir) / 'server.sqlite'}"

    @contextmanager
    def server(self, database: str | None, data_dir: Path | None) -> Iterator[ReferenceServer]:
        """Open the server's database for one command, on its terms; a `serve` may have it open too."""
        from esolutions_server.reference import open_server, stored_terms

        url = self.database_url(database, data_dir)
        terms = stored_terms(url)
        now = self.now
        if terms.clock is not None and Path(terms.clock).exists():
            now = VirtualClock(Path(terms.clock))
        elif (setting := terms.testbed_time) is not None:
            real = self.now

            def now() -> datetime:
                return setting.at(real())

        with open_server(url, now=now, rng=self.rng, policy=terms.policy) as server:
            yield server

    def show(self, table: Table, *, as_json: bool) -> None:
        """Print rows, as a table for people or as JSON for programs."""
        if as_json:
            print_json(map(asdict, table.rows()), indent=None, default=moment_text)
        else:
            print_table(table.columns, table)

    def show_one(self, document: dict[str, Any], lines: dict[str, Any], *, as_json: bool) -> None:
        """Print one thing: each value on a line of its own, after its name."""
        if as_json:
            print_json(document, indent=None, default=moment_text)
            return
        width = max(map(len, lines))
        for name, value in lines.items():
            say(f"{name.replace('_', ' '):{width}}  {moment_text(value)}".rstrip())

    def say(self, text: str, document: dict[str, Any], *, as_json: bool) -> None:
        """Print what was done, as a sentence or as JSON."""
        if as_json:
            print_json(document, indent=None, default=moment_text)
        else:
            say(text)


def moment_text(value: Any) -> str:
    """Return a value as text; a moment as the wire spells it."""
    if value is None:
        return ""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)
