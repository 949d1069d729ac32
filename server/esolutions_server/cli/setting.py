"""What all commands share: where the data is, how to print, and how to fail."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from platformdirs import user_data_path

from esolutions_server.cli.virtual_clock import VirtualClock

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from esolutions_server.reference import ReferenceServer

__all__ = ["DataDir", "Database", "Json", "Setting", "Table"]

Database = Annotated[str | None, typer.Option(help="Database URL; by default server.sqlite in the data directory.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the server keeps its files.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


_NO_WIDTH = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to print, with the columns a person wants to see; JSON has them all."""

    rows: list[dict[str, Any]]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """The clock and the randomness of this process."""

    now: Callable[[], datetime]
    rng: random.Random

    def data_dir(self, chosen: Path | None) -> Path:
        """Return the data directory, made if it was not there."""
        directory = chosen or user_data_path("esolutions-server")
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return directory

    def database_url(self, database: str | None, data_dir: Path | None) -> str:
        """Return the database to use."""
        return database or f"sqlite:///{self.data_dir(data_dir) / 'server.sqlite'}"

    @contextmanager
    def server(self, database: str | None, data_dir: Path | None) -> Iterator[ReferenceServer]:
        """Open the server's database for one command, on its terms; a `serve` may have it open too."""
        from esolutions_server.domain.policy import Policy
        from esolutions_server.reference import open_server, stored_terms

        url = self.database_url(database, data_dir)
        terms = stored_terms(url)
        now = self.now
        if terms.clock is not None and Path(terms.clock).exists():
            now = VirtualClock(Path(terms.clock))
        with open_server(url, now=now, rng=self.rng, policy=Policy(signup=terms.signup)) as server:
            yield server

    def show(self, table: Table, *, as_json: bool) -> None:
        """Print rows, as a table for people or as JSON for programs."""
        if as_json:
            sys.stdout.write(json.dumps(table.rows, default=_spelled) + "\n")
            return
        from rich.console import Console
        from rich.table import Table as Drawn
        from rich.text import Text

        # What is no terminal gets whole values and no decoration.
        is_terminal = sys.stdout.isatty()
        drawn = Drawn(*table.columns) if is_terminal else Drawn(*table.columns, box=None, pad_edge=False)
        for row in table.rows:
            # As text, not as rich's markup, and on one line: names of meters and reasons are what a client wrote.
            drawn.add_row(*(Text(_plain(_spelled(row.get(column)))) for column in table.columns))
        Console(width=None if is_terminal else _NO_WIDTH).print(drawn, crop=False)

    def say(self, text: str, document: dict[str, Any], *, as_json: bool) -> None:
        """Print what was done, as a sentence or as JSON."""
        sys.stdout.write((json.dumps(document, default=_spelled) if as_json else text) + "\n")
        sys.stdout.flush()


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _spelled(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)
