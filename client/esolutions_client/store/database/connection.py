"""The connection to the store's file: no error of SQLite or of a damaged row leaves it as it is.

A disk may be full or a file damaged at any statement and at any row that is
fetched; a row that SQLite finds sound may still hold half a datetime or no JSON.
All of it becomes a `StoreError` that names the file and says what to do. What
the rows mean is the tables' affair: this module decodes nothing itself.
"""

from __future__ import annotations

import errno
import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import StoreError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["Connection", "Decoding", "opening_failure", "read_datetime", "read_number", "read_text"]

# Restoring is said in full: the reader has a printer's bills at stake and no other page open.
_WHAT_TO_DO = (
    "stop the client and put a backup copy of this file in its place; without one, set the file aside, and the"
    " readings that were not acknowledged yet are lost"
)
# What decoding a value of a wrong type, shape or range raises.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
# Words of SQLite's own that are not UTF-8, about a file that is damaged, are an error of the binding's.
_ERRORS = (sqlite3.Error, UnicodeError)
# SQLITE_CORRUPT and SQLITE_NOTADB, whatever their extension in the higher bits; the rest is no damage of the file.
_DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# A disk without room, be it for the file itself or, as an error of input and output, for those beside it.
_FULL_CODES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_FULL_NUMBERS = {errno.ENOSPC, errno.EDQUOT}
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2500


class _Cursor(sqlite3.Cursor):
    """Fetches rows, and says of those it cannot fetch which file is damaged."""

    connection: Connection

    def execute(self, *arguments: Any) -> _Cursor:
        try:
            return super().execute(*arguments)
        except _ERRORS as error:
            raise self.connection.failure(error) from error

    def executemany(self, *arguments: Any) -> _Cursor:
        try:
            return super().executemany(*arguments)
        except _ERRORS as error:
            raise self.connection.failure(error) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except _ERRORS as error:
            raise self.connection.failure(error) from error

    def fetchmany(self, *arguments: Any) -> list[Any]:
        try:
            return super().fetchmany(*arguments)
        except _ERRORS as error:
            raise self.connection.failure(error) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except _ERRORS as error:
            raise self.connection.failure(error) from error

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]  # all at once: one guard for all rows
        return iter(self.fetchall())

    def __next__(self) -> Any:
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row


class Connection(sqlite3.Connection):
    """Lets no error of SQLite through."""

    path: Path

    def cursor(self, *_: Any) -> _Cursor:  # type: ignore[override]  # there is one kind of cursor here
        """Return a cursor whose errors name the file."""
        return super().cursor(_Cursor)

    def execute(self, *arguments: Any) -> _Cursor:
        """Run a statement, as the cursor does."""
        return self.cursor().execute(*arguments)

    def executemany(self, *arguments: Any) -> _Cursor:
        """Run a statement for many rows, as the cursor does."""
        return self.cursor().executemany(*arguments)

    def executescript(self, *arguments: Any) -> sqlite3.Cursor:
        """Run several statements."""
        try:
            return super().executescript(*arguments)
        except _ERRORS as error:
            raise self.failure(error) from error

    def failure(self, error: Exception) -> StoreError:
        """Return what to raise for an error of SQLite."""
        code = getattr(error, "sqlite_errorcode", None)
        # Text that is not UTF-8 is an error of the binding alone, and has no code.
        by_kind = isinstance(error, (sqlite3.OperationalError, UnicodeError))
        is_damaged = by_kind if code is None else code & 0xFF in _DAMAGED_CODES
        if is_damaged:
            return StoreError(f"the store {self.path} is damaged ({_words(error)}): {_WHAT_TO_DO}")
        if code is not None and code & 0xFF in _FULL_CODES:
            return StoreFullError(f"the store {self.path} cannot be used: {_words(error)}")
        return StoreError(f"the store {self.path} cannot be used: {_words(error)}")

    def decoding(self, table: str) -> Decoding:
        """Return what to read rows of a table within."""
        return Decoding(self.path, table)


class Decoding:
    """Turns whatever the decoding of a row raises inside the block into a `StoreError`; used again and again."""

    __slots__ = ("_path", "_table")

    def __init__(self, path: Path, table: str) -> None:
        self._path = path
        self._table = table

    def __enter__(self) -> None:
        """Begin to decode."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say which table of which file holds what cannot be decoded.

        Raises:
            StoreError: something inside raised what decoding raises.
        """
        if isinstance(error, _UNREADABLE):
            raise StoreError(
                f"the store {self._path} is damaged: a row of its table {self._table} cannot be read ({_words(error)}):"
                f" {_WHAT_TO_DO}"
            ) from error


def _words(error: BaseException) -> str:
    """Return what an error says in one line: SQLite quotes damaged text as it is, line ends included."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def opening_failure(path: Path, error: sqlite3.Error | OSError) -> StoreError:
    """Return what to raise where the file, or its folder, cannot be made or opened."""
    is_full = isinstance(error, OSError) and error.errno in _FULL_NUMBERS
    kind = StoreFullError if is_full else StoreError
    return kind(f"the store {path} cannot be opened: {_words(error)}")


def read_datetime(text: str) -> datetime:
    """Return the datetime that a column holds.

    Raises:
        ValueError, TypeError: it holds none, or one that no clock has shown.
    """
    value = datetime.fromisoformat(text)
    if value.utcoffset() != timedelta(0) or not _EARLIEST_YEAR <= value.year < _LATEST_YEAR:
        raise ValueError(f"{text!r} is no moment in UTC")
    return value


def read_text(value: Any) -> str:
    """Return the text that a column holds.

    Raises:
        ValueError: it holds something else.
    """
    if type(value) is not str:
        raise ValueError(f"{value!r} is no text")
    return value


def read_number(value: Any, lowest: int, highest: int) -> int:
    """Return the whole number that a column holds.

    Raises:
        ValueError: it holds something else, or a number out of range.
    """
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{value!r} is no number from {lowest} to {highest}")
    return value
