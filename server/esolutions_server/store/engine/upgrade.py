"""Bring a database to the newest schema with Alembic's migrations.

A new SQLite database gets the outcome of the migrations at once: running them
costs a hundred times more, and scenarios open thousands. Alembic is loaded
where there is something to migrate: most databases are up to date.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import StaticPool

from esolutions_server.store.engine import sqlite

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

__all__ = [
    "UpgradeError",
    "bring_up_to_date",
    "empty_sqlite",
    "is_known_version",
    "migrate",
    "newest_version",
    "take_back",
]

# Alembic keeps the context of a migration in a module's globals: one at a time in a process, whatever its database.
_ALEMBIC = threading.Lock()
MIGRATIONS = Path(__file__).parents[1] / "migrations"
# What a file of a migration says of itself, and of the one before it.
_NAMES = re.compile(r'^(down_revision|revision)(?:: [^=]+)? = (?:"(\w+)"|None)$', re.MULTILINE)
_VERSION_TABLE = "alembic_version"


class UpgradeError(Exception):
    """The database is of a version that nothing leads on from."""


def bring_up_to_date(connection: Connection) -> None:
    """Make or upgrade the tables, in one transaction.

    Raises:
        UpgradeError: the database is of a version that is not known here.
    """
    with connection.begin():
        if sqlite.is_empty_sqlite(connection):
            sqlite.run_script(connection, empty_sqlite())
        elif not _is_up_to_date(connection):
            migrate(connection)


def migrate(connection: Connection) -> None:
    """Run the migrations inside the caller's transaction.

    Raises:
        UpgradeError: the database is of a version that is not known here.
    """
    from alembic import command
    from alembic.util import CommandError

    with _ALEMBIC:
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise UpgradeError(str(error)) from error


def take_back(connection: Connection, revision: str) -> None:
    """Undo the migrations after `revision` inside the caller's transaction, for an older version to go on."""
    from alembic import command

    with _ALEMBIC:
        command.downgrade(_config(connection), revision)


def is_known_version(version: str) -> bool:
    """Whether a database of that version can be brought to the newest schema: one of ours, and no later one."""
    return version in _versions()["revision"]


@cache
def newest_version() -> str | None:
    """Return the version that the last migration leads to; None where the files do not say which is the last."""
    versions = _versions()
    last = versions["revision"] - versions["down_revision"]
    return last.pop() if len(last) == 1 else None


@cache
def _versions() -> dict[str, set[str]]:
    """Return what the files of the migrations say, without running them: a command would wait for that each time."""
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        for kind, version in _NAMES.findall(file.read_text(encoding="utf-8")):
            named[kind].add(version)
    return named


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return False
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [newest_version()]


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@cache
def empty_sqlite() -> tuple[str, ...]:
    """Return the statements that make in SQLite what the migrations make: the newest schema, without a row."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        statements = [str(row[0]) for row in tables]
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    engine.dispose()
    # The version is the name of one of our own files.
    statements.append(f"INSERT INTO alembic_version VALUES ('{version}')")  # noqa: S608
    return tuple(statements)
