"""Bring a database to the newest schema with Alembic's migrations.

A new SQLite database gets the outcome of the migrations at once: running them
costs a hundred times more, and scenarios open thousands.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from esolutions_server.store.engine import sqlite

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["bring_up_to_date", "empty_sqlite", "is_known_version", "migrate", "take_back"]

# Alembic keeps the context of a migration in a module's globals: one at a time in a process, whatever its database.
_ALEMBIC = threading.Lock()
MIGRATIONS = Path(__file__).parents[1] / "migrations"


def bring_up_to_date(connection: Connection) -> None:
    """Make or upgrade the tables, in one transaction."""
    with connection.begin():
        if sqlite.is_empty_sqlite(connection):
            sqlite.run_script(connection, empty_sqlite())
        else:
            migrate(connection)


def migrate(connection: Connection) -> None:
    """Run the migrations inside the caller's transaction."""
    with _ALEMBIC:
        command.upgrade(_config(connection), "head")


def take_back(connection: Connection, revision: str) -> None:
    """Undo the migrations after `revision` inside the caller's transaction, for an older version to go on."""
    with _ALEMBIC:
        command.downgrade(_config(connection), revision)


def is_known_version(version: str) -> bool:
    """Whether a database of that version can be brought to the newest schema: one of ours, and no later one."""
    return version in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _config(connection: Connection) -> Config:
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
