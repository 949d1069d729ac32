"""What SQLite wants to be told, kept from the other modules."""

from __future__ import annotations

import logging
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import make_url

from esolutions_server.store.engine.durability import flush_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Engine

__all__ = ["SQLiteError", "connect_arguments", "file_of", "is_empty_sqlite", "prepare", "run_script", "shared_flush"]

SYNCHRONOUS_SETTINGS = ("OFF", "NORMAL", "FULL", "EXTRA")
# https://sqlite.org/pragma.html#pragma_synchronous: in WAL mode these flush the log at each commit.
DURABLE_SETTINGS = ("FULL", "EXTRA")
SECONDS_TO_WAIT_FOR_A_LOCK = 30
# A wait that is longer than this is reported.
SECONDS_TO_WAIT_IN_SILENCE = 1

log = logging.getLogger(__name__)

# What the driver says of a lock that is not given up, past SQLAlchemy's own errors.
SQLiteError = sqlite3.Error


def connect_arguments(database_url: str) -> dict[str, Any]:
    """Return what the driver wants beside the URL."""
    if make_url(database_url).get_backend_name() != "sqlite":
        return {}
    # The store's own lock keeps the threads apart. Transactions are begun by us, not by the driver.
    return {"check_same_thread": False, "isolation_level": None, "timeout": SECONDS_TO_WAIT_FOR_A_LOCK}


def file_of(database_url: str) -> Path | None:
    """Return the file of an SQLite database; None for one in memory, one named in another way, or another kind."""
    url = make_url(database_url)
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or name in {"", ":memory:"} or name.startswith("file:"):
        return None
    return Path(name)


def prepare(engine: Engine, *, synchronous: str) -> None:
    """Make SQLite durable (WAL), strict about foreign keys, and sure of its write lock from the start.

    Raises:
        ValueError: `synchronous` is no setting of SQLite.
    """
    if synchronous not in SYNCHRONOUS_SETTINGS:
        raise ValueError(f"synchronous is one of {', '.join(SYNCHRONOUS_SETTINGS)}, not {synchronous}")
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={SECONDS_TO_WAIT_IN_SILENCE * 1000}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later could find its snapshot outdated; this one waits first.
        driver = connection.connection.driver_connection
        if driver is not None:
            _begin_immediately(driver)


def _begin_immediately(driver: Any) -> None:
    """Take the write lock, and say so where another program has it for long."""
    for waited in range(0, SECONDS_TO_WAIT_FOR_A_LOCK, SECONDS_TO_WAIT_IN_SILENCE):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            if waited == 0:
                log.warning("the database is locked by another program: waiting up to %d s", SECONDS_TO_WAIT_FOR_A_LOCK)
        else:
            return
    driver.execute("BEGIN IMMEDIATE")


def shared_flush(connection: Connection, *, synchronous: str) -> Callable[[], None] | None:
    """Take the flush at each commit from SQLite and return it, for several commits to share.

    With NORMAL, SQLite in WAL mode still flushes around its checkpoints, and leaves out only the
    flush of the log at a commit; FULL is NORMAL and that flush. None where SQLite does not flush
    at commits, keeps no such log, or is not the database.
    """
    if connection.dialect.name != "sqlite" or synchronous not in DURABLE_SETTINGS:
        return None
    driver = connection.connection.driver_connection
    if driver is None or driver.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return None
    driver.execute("PRAGMA synchronous=NORMAL")
    (file,) = (row[2] for row in driver.execute("PRAGMA database_list") if row[1] == "main")
    return partial(flush_file, Path(f"{file}-wal"))


def is_empty_sqlite(connection: Connection) -> bool:
    """Whether this is an SQLite database without a single table."""
    if connection.dialect.name != "sqlite":
        return False
    return connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first() is None


def run_script(connection: Connection, statements: tuple[str, ...]) -> None:
    """Run the statements of a dump."""
    for statement in statements:
        connection.exec_driver_sql(statement)
