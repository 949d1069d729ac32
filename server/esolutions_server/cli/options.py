"""What all commands share: where the data is, how to print, and how to fail."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from platformdirs import user_data_path

from esolutions_server.admin.access import read_serving_file
from esolutions_server.cli.output import print_json, say
from esolutions_server.cli.tables import print_table
from esolutions_server.cli.virtual_clock import VirtualClock
from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from _typeshed import DataclassInstance

    from esolutions_server.reference import ReferenceServer

__all__ = [
    "DataDir",
    "Database",
    "Json",
    "OfProxy",
    "OptionalSerial",
    "Serial",
    "Setting",
    "Since",
    "Table",
    "Until",
    "guid",
    "moment",
    "time_text",
]


DATABASE_FILE = "server.sqlite"
# What stands in the place of a password in a URL that is shown.
HIDDEN = "***"


def guid(text: str) -> str:
    """Read a GUID that was typed; the name of this function is what `--help` shows."""
    try:
        return canonical_guid(text)
    except IdentityError as error:
        raise typer.BadParameter(str(error)) from None


def moment(text: str) -> datetime:
    """Read a time that was typed: ISO 8601, in UTC unless it says otherwise; the name is what `--help` shows."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment such as 2026-01-31T09:00:00Z") from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def serial_number(text: str) -> str:
    """Read a serial number that was typed."""
    try:
        return canonical_serial(text)
    except IdentityError as error:
        raise typer.BadParameter(str(error)) from None


Serial = Annotated[str, typer.Argument(parser=serial_number)]
Since = Annotated[
    datetime | None, typer.Option(parser=moment, help="Only from this moment on, such as 2026-01-31T09:00:00Z.")
]
Until = Annotated[datetime | None, typer.Option(parser=moment, help="Only before this moment.")]
OfProxy = Annotated[str | None, typer.Option(parser=guid, help="Only of this client.")]
OptionalSerial = Annotated[str | None, typer.Argument(parser=serial_number)]
Database = Annotated[str | None, typer.Option(help="Database URL; by default server.sqlite in the data directory.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the server keeps its files.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to print, with the columns a person wants to see; JSON has them all, a narrow terminal those of `narrow`.

    The rows are read as they are printed, and for a table once before, to measure it.
    """

    rows: Callable[[], Iterator[DataclassInstance]]
    columns: tuple[str, ...]
    narrow: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[list[str]]:
        """Read the rows, each with the text of its columns."""
        for row in self.rows():
            yield [time_text(getattr(row, column)) for column in self.columns]


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
        """Return the database to serve from, by its whole path: others read it in what a server leaves behind.

        Raises:
            StoreError: what was given is no database URL.
        """
        from esolutions_server.store.engine.urls import absolute_url

        return absolute_url(database or f"sqlite:///{self.data_dir(data_dir) / DATABASE_FILE}")

    def existing_database_url(self, database: str | None, data_dir: Path | None) -> str:
        """Return the database to work on: the one that was given, or that of the server of the data directory.

        Raises:
            AdministrationError: that server's URL has a password, which it does not leave behind.
        """
        if database is not None:
            return database
        folder = self.existing_data_dir(data_dir)
        serving = read_serving_file(folder)
        if serving is None:
            return f"sqlite:///{folder / DATABASE_FILE}"
        if HIDDEN in serving.database:
            text = f"the server of {folder} uses {serving.database}: give that with --database, and its password"
            raise AdministrationError(text)
        return serving.database

    @contextmanager
    def server(self, database: str | None, data_dir: Path | None) -> Iterator[ReferenceServer]:
        """Open the server's database for one command, on its terms; a `serve` may have it open too.

        Nothing is made where there is none: a slip of the pen would show an empty server, and hide that there is one.

        Raises:
            StartError: there is none, or it cannot be used.
        """
        from esolutions_server.reference import open_server, stored_terms

        url = self.existing_database_url(database, data_dir)
        terms = stored_terms(url, may_be_new=False)
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
            print_json(map(asdict, table.rows()), indent=None, default=time_text)
        else:
            print_table(table.columns, table, narrow=table.narrow)

    def show_one(self, document: dict[str, Any], lines: dict[str, Any], *, as_json: bool) -> None:
        """Print one thing: each value on a line of its own, after its name."""
        if as_json:
            print_json(document, indent=None, default=time_text)
            return
        width = max(map(len, lines))
        for name, value in lines.items():
            say(f"{name.replace('_', ' '):{width}}  {time_text(value)}".rstrip())

    def say(self, text: str, document: dict[str, Any], *, as_json: bool) -> None:
        """Print what was done, as a sentence or as JSON."""
        if as_json:
            print_json(document, indent=None, default=time_text)
        else:
            say(text)


def time_text(value: Any) -> str:
    """Return a value as text; a time as the wire spells it."""
    if value is None:
        return ""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)
