"""Copy a whole SQLite database while it is in use, into a file and back, by SQLite's own backup.

https://www.sqlite.org/backup.html: the copy is one transaction of the target, so that another program which has the
database open sees all of it or nothing. Other kinds of database are not copied here.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, cast

from sqlalchemy.exc import OperationalError

from esolutions_server.store.engine.upgrade import is_known_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

__all__ = ["NoCopyError", "copy_from_file", "copy_to_file", "fill_from_script"]


class NoCopyError(Exception):
    """This database or this file cannot be copied; the text says why."""


def copy_to_file(connection: Connection, file: Path) -> None:
    """Copy a database into a file that is its owner's alone, and takes the place of one that was there.

    Raises:
        NoCopyError: it is no SQLite database, or the file cannot be written.
    """
    source = _driver_of(connection)
    partial = file.with_name(f"{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        # Readable by this user alone from the first byte on.
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(partial)) as target:
            source.backup(target)
            # One file, with no log beside it.
            target.execute("PRAGMA journal_mode=DELETE")
        partial.replace(file)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise NoCopyError(f"the copy {file} cannot be written: {error}") from error


def copy_from_file(connection: Connection, file: Path) -> None:
    """Put what a file holds in the place of everything in a database.

    Raises:
        NoCopyError: it is no SQLite database, or the file is none that can be read.
    """
    target = _driver_of(connection)
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            # What is no database of ours is found out before anything is overwritten.
            (version,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
            if not is_known_version(version):
                raise NoCopyError(f"the copy {file} was made by a later version of this program")
            source.backup(target)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}:
            raise OperationalError(None, None, error) from error
        raise NoCopyError(f"the copy {file} cannot be read: {error}") from error
    except sqlite3.Error as error:
        raise NoCopyError(f"the copy {file} cannot be read: {error}") from error


def fill_from_script(connection: Connection, statements: Sequence[str]) -> None:
    """Put the database that statements make in the place of everything in a database.

    Raises:
        NoCopyError: it is no SQLite database.
    """
    target = _driver_of(connection)
    with closing(sqlite3.connect(":memory:")) as source:
        source.executescript(";".join(statements))
        source.backup(target)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    if connection.dialect.name != "sqlite":
        raise NoCopyError(f"a copy is made of an SQLite database, and this one is {connection.dialect.name}")
    return cast("sqlite3.Connection", connection.connection.driver_connection)
