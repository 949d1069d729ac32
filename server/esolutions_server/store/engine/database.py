"""Open the server's database, and run one transaction at a time in it.

One connection and one lock per store: the server's work is short and must be
in order. Everything a kind of database wants for itself is in `sqlite`, and
how several threads share a commit and a flush of the disk in `group_commit`.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from esolutions_server.store.engine import sqlite
from esolutions_server.store.engine.copies import NoCopyError, copy_from_file, copy_to_file, fill_from_script
from esolutions_server.store.engine.durability import UnreachedFileError
from esolutions_server.store.engine.errors import StoreError, StoreUnavailableError
from esolutions_server.store.engine.group_commit import GroupCommit, UncommittedError
from esolutions_server.store.engine.upgrade import UpgradeError, bring_up_to_date, empty_sqlite
from esolutions_server.store.engine.urls import check_url, shown_url
from esolutions_server.store.schema import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

__all__ = ["Store", "open_store"]

log = logging.getLogger(__name__)


class Store:
    """The database, opened and up to date."""

    def __init__(self, connection: Connection, flush: Callable[[], None] | None = None) -> None:
        """Take an open database.

        Args:
            connection: to the database.
            flush: makes its commits last; None where the database does so by itself, or was told not to.
        """
        self._connection = connection
        self._lock = threading.Lock()
        self._group = None if flush is None else GroupCommit(connection, self._lock, flush)
        self._unavailable = OperationalError, connection.dialect.loaded_dbapi.OperationalError
        self._damaged: type[Exception] = connection.dialect.loaded_dbapi.DatabaseError
        self._is_available = True
        self._is_closed = False

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[Connection]:
        """Give a connection inside a transaction: committed at the end, rolled back on an error.

        Args:
            lasting: whether to return only when it is committed and will survive a power cut; who says no
                calls `settle` in the same thread, before the response leaves and whatever happens.

        Raises:
            StoreUnavailableError: the database could not be used; nothing was changed.
        """
        with self._lock:
            self._check_open()
            try:
                with self._connection.begin() if self._group is None else self._group.savepoint():
                    yield self._connection
            except self._unavailable as error:
                raise self._not_available(error) from error
            except (DatabaseError, self._damaged, UnicodeDecodeError) as error:
                # Their subclasses, such as a constraint that does not hold, are the callers' affair.
                if type(error) not in {DatabaseError, self._damaged, UnicodeDecodeError}:
                    raise
                raise self._not_available(error) from error
            if not self._is_available:
                self._is_available = True
                log.warning("the database can be used again")
        if lasting:
            self.settle()

    def _not_available(self, error: Exception) -> StoreUnavailableError:
        """Say that the database cannot be used, in the log once until it can."""
        cause = _cause(error)
        if self._is_available:
            self._is_available = False
            log.error("the database cannot be used at the moment: %s", cause)
        return StoreUnavailableError(f"the database cannot be used at the moment: {cause}")

    def settle(self) -> None:
        """Return when all that this thread has changed or read so far will survive a power cut.

        Raises:
            LostWriteError: the disk failed.
            StoreUnavailableError: the disk could not be told yet, or the commit failed, and nothing was changed.
        """
        if self._group is not None:
            try:
                self._group.settle()
            except (UnreachedFileError, UncommittedError) as error:
                raise self._not_available(error) from error

    def copy_to(self, file: Path) -> None:
        """Copy everything into a file that is its owner's alone.

        Raises:
            StoreError: this is no SQLite database, or the file cannot be written.
        """
        with self._lock, _no_copy_said():
            self._check_open()
            self._commit_what_is_open()
            copy_to_file(self._connection, file)

    def replace_with(self, file: Path | None) -> None:
        """Put what a copy holds in the place of everything, with today's tables; None leaves nothing.

        It is one transaction: every connection to the database sees all of it or nothing.

        Raises:
            StoreError: this is no SQLite database, or the file is no copy of one of ours.
            StoreUnavailableError: the database cannot be used at the moment; nothing was changed.
        """
        with self._lock, _no_copy_said():
            self._check_open()
            self._commit_what_is_open()
            try:
                if file is None:
                    fill_from_script(self._connection, empty_sqlite())
                else:
                    copy_from_file(self._connection, file)
                    bring_up_to_date(self._connection)
            except self._unavailable as error:
                raise self._not_available(error) from error
            if self._group is not None:
                self._group.note()
        self.settle()

    def _check_open(self) -> None:
        """Turn away who comes late; the lock is held."""
        if self._is_closed:
            raise StoreUnavailableError("the database has been closed")

    def _commit_what_is_open(self) -> None:
        """Let nothing of others be in a transaction, before something is done outside of one; the lock is held."""
        if self._group is not None:
            self._group.commit()

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._commit_what_is_open()
            self._connection.close()
            self._connection.engine.dispose()


@contextmanager
def _no_copy_said() -> Iterator[None]:
    try:
        yield
    except (NoCopyError, UpgradeError) as error:
        raise StoreError(str(error)) from error


def open_store(database_url: str, *, sqlite_synchronous: str = "FULL", may_be_new: bool = True) -> Store:
    """Open the database at `database_url`, making or upgrading its tables.

    Args:
        database_url: in SQLAlchemy's form; `sqlite://` alone is a database in memory.
        sqlite_synchronous: SQLite's setting of that name; less than FULL may lose receipts with the power.
        may_be_new: whether one that is not there, or has no tables, is made.

    Raises:
        StoreError: there is no such database, or it is not one of ours.
    """
    engine = None
    check_url(database_url)
    file = sqlite.file_of(database_url)
    if not may_be_new and file is not None and not file.exists():
        raise _no_database(database_url)
    try:
        arguments = sqlite.connect_arguments(database_url)
        engine = create_engine(database_url, poolclass=StaticPool, connect_args=arguments)
        sqlite.prepare(engine, synchronous=sqlite_synchronous)
        connection = engine.connect()
        if not may_be_new and not _has_tables(connection):
            connection.close()
            engine.dispose()
            raise _no_database(database_url)
        bring_up_to_date(connection)
    except (SQLAlchemyError, UpgradeError, ImportError, UnicodeDecodeError, sqlite.SQLiteError) as error:
        # What SQLite says of a damaged file may quote it, and then be no UTF-8.
        if engine is not None:
            engine.dispose()
        raise StoreError(f"the database {shown_url(database_url)} cannot be used: {_cause(error)}") from error
    return Store(connection, sqlite.shared_flush(connection, synchronous=sqlite_synchronous))


def _has_tables(connection: Connection) -> bool:
    with connection.begin():
        return inspect(connection).has_table(settings.name)


def _no_database(database_url: str) -> StoreError:
    text = f"there is no database of a server at {shown_url(database_url)}"
    return StoreError(f"{text}: `serve` makes one, and --data-dir or --database say where it is")


def _cause(error: Exception) -> object:
    """Return what the driver says, in a line; SQLAlchemy would add the statement and its values."""
    said = getattr(error, "orig", None) or error
    if isinstance(said, UnicodeDecodeError):
        return "it is damaged: put a backup copy in its place"
    return " ".join(str(said).split())
