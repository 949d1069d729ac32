"""Commit the transactions of several callers together, and flush the log once for all of them.

Each is a savepoint inside one transaction of the database, which the thread that flushes
commits first. So the pages that all of them change are written once, and what
one of them takes back is no affair of the others. If the database loses the
whole, as it may when its disk is full, each of them learns it from `settle`.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from esolutions_server.store.engine.durability import SharedFlush, UnreachedFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection, RootTransaction

__all__ = ["GroupCommit", "UncommittedError"]


@dataclass(eq=False, slots=True)
class _Group:
    """A transaction of the database, how many callers have changed something in it, and what it was lost of."""

    transaction: RootTransaction
    members: int = 0
    error: BaseException | None = None


class UncommittedError(Exception):
    """The database has lost a transaction before it was committed."""


class GroupCommit:
    """The transactions of an SQLite database with a write-ahead log."""

    def __init__(self, connection: Connection, lock: threading.Lock, flush: Callable[[], None]) -> None:
        """Prepare.

        Args:
            connection: to the database.
            lock: held by the thread that uses the connection.
            flush: puts the log on the disk; raises OSError where it cannot.
        """
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._lock = lock
        self._flush = flush
        self._shared = SharedFlush(self._commit_and_flush)
        self._group: _Group | None = None
        self._joined = threading.local()
        self._is_unflushed = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Keep what happens inside for the next commit, or nothing of it after an error; the caller holds the lock."""
        if self._group is None:
            self._group = _Group(self._connection.begin())
        group, driver = self._group, self._driver
        changes = driver.total_changes
        driver.execute("SAVEPOINT member")
        try:
            yield
            driver.execute("RELEASE member")
        except BaseException as error:
            self._take_back(group, error)
            raise
        if driver.total_changes != changes:
            group.members += 1
            self._shared.note()
        if group.members:
            # Who only reads may have read what others have not committed yet.
            self._joined.group = group
        else:
            self._give_up(group)

    def settle(self) -> None:
        """Return when what this thread has changed or read will survive a power cut.

        Raises:
            LostWriteError: the disk failed.
            UnreachedFileError: the disk could not be told yet.
            UncommittedError: the database could not keep it; nothing was changed.
        """
        self._shared.settle()
        group: _Group | None = getattr(self._joined, "group", None)
        self._joined.group = None
        if group is not None and group.error is not None:
            raise UncommittedError(str(group.error)) from group.error

    def commit(self) -> None:
        """Commit what is open; the caller holds the lock."""
        group, self._group = self._group, None
        if group is None:
            return
        try:
            group.transaction.commit()
        except Exception as error:  # noqa: BLE001 - each of those who wait raises it for itself
            self._lose(group, error)
        else:
            self._is_unflushed = True

    def note(self) -> None:
        """Take note of a commit that the caller has made by itself; it holds the lock."""
        self._is_unflushed = True
        self._shared.note()

    def _commit_and_flush(self) -> None:
        with self._lock:
            self.commit()
            is_unflushed, self._is_unflushed = self._is_unflushed, False
        if is_unflushed:
            try:
                self._flush()
            except UnreachedFileError:
                self._is_unflushed = True
                raise

    def _take_back(self, group: _Group, error: BaseException) -> None:
        """Undo what one caller has done, and leave what the others have, if the database still has it."""
        if self._driver.in_transaction:
            with suppress(Exception):
                self._driver.execute("ROLLBACK TO member")
                self._driver.execute("RELEASE member")
                if not group.members:
                    self._give_up(group)
                return
        self._lose(group, error)

    def _lose(self, group: _Group, error: BaseException) -> None:
        group.error = error
        self._give_up(group)

    def _give_up(self, group: _Group) -> None:
        """Roll a group back, and let the next caller begin another."""
        if self._group is group:
            self._group = None
        with suppress(SQLAlchemyError):
            group.transaction.rollback()
        if self._driver.in_transaction:
            self._driver.rollback()
