"""Open the client's store: one SQLite file that survives a crash at any moment.

WAL with `synchronous = FULL`: what was committed is on disk when commit
returns. Every table has a class of its own; this one owns the connection, the
transaction and the lock that keeps two programs from working at once.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esolutions_client.errors import AtWorkError, StoreError, StoreFullError
from esolutions_client.store.commands import Commands
from esolutions_client.store.database.connection import Connection, opening_failure, read_datetime, read_text
from esolutions_client.store.database.marker import Marker
from esolutions_client.store.database.schema import upgrade
from esolutions_client.store.devices import Devices
from esolutions_client.store.outbox import Outbox
from esolutions_client.store.readings import Readings
from esolutions_client.store.settings import Settings
from esolutions_client.store.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

__all__ = ["ROOM_BYTES", "Store"]

# What a round of 10,000 printers writes, twice: into the write-ahead log and into the file.
ROOM_BYTES = 4 * 1024 * 1024


class Store:
    """Everything this client remembers."""

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        """Open or create the store and bring it up to date.

        Args:
            path: the file; its folder is created, readable by its owner alone.
            synchronous: SQLite's setting; anything but FULL is for simulations, where no machine can lose power.

        Raises:
            StoreError: it cannot be opened, a newer version wrote it, or it was there before and has vanished.
        """
        self.path = path
        marker = Marker(path)
        try:
            marker.check()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10.0, factory=Connection)
        except (sqlite3.Error, OSError) as error:
            raise opening_failure(path, error) from error
        self._connection.path = path
        try:
            marker.check_schema(self._pragma("user_version"))
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute(f"PRAGMA synchronous = {synchronous}")
            upgrade(self._connection)
        except BaseException:
            self._connection.close()
            raise
        marker.leave()
        self._changes = self.watch()
        self.settings = Settings(self._connection)
        self.devices = Devices(self._connection)
        self.readings = Readings(self._connection)
        self.outbox = Outbox(self._connection)
        self.commands = Commands(self._connection)
        self.wishes = Wishes(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside at once, or nothing of it.

        Raises:
            StoreError: the disk is full or the file is damaged; nothing was changed.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise self._connection.failure(error) from error
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep every other program of this store from working until the block ends.

        The lock is a SQLite file beside the store: the system lets go of it when a program dies.

        Raises:
            AtWorkError: another one is at work.
            StoreError: the lock cannot be taken.
        """
        lock = sqlite3.connect(self.path.with_suffix(".lock"), isolation_level=None, timeout=0.0)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            lock.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise StoreError(f"the lock of the store {self.path} cannot be taken: {error}") from error
            raise AtWorkError(
                "another esolutions-client is at work on this data folder: wait for it, or stop it, and try again"
            ) from None
        try:
            yield
        finally:
            lock.close()

    def is_in_use(self) -> bool:
        """Whether a program is at work on the store at this moment."""
        try:
            with self.exclusive():
                return False
        except AtWorkError:
            return True

    def was_changed_elsewhere(self) -> bool:
        """Say whether another program has committed something since this was last asked."""
        return self._changes()

    def watch(self) -> Callable[[], bool]:
        """Return what says, each time it is called, whether another program has committed something meanwhile."""
        seen = self._pragma("data_version")

        def has_changed() -> bool:
            nonlocal seen
            before, seen = seen, self._pragma("data_version")
            return before != seen

        return has_changed

    def free_bytes(self) -> int:
        """Return how much room there is where the store is.

        Raises:
            StoreError: its folder is not there.
        """
        try:
            return shutil.disk_usage(self.path.parent).free
        except OSError as error:
            raise StoreError(f"the store {self.path} cannot be used: {error}") from error

    def require_room(self) -> None:
        """Let nothing be read that could not be kept.

        Raises:
            StoreFullError: there is no room for a round of readings.
        """
        free = self.free_bytes()
        if free < ROOM_BYTES:
            raise StoreFullError(
                f"the disk of the store {self.path} is full, {free} bytes are free: nothing is read until there is room"
            )
        # What the numbers do not tell, such as a quota, a write does: it is on disk when this returns.
        self.settings.has_room = True

    def note(self, at: datetime, kind: str, text: str, serial_number: str | None = None) -> None:
        """Keep an event for people to read."""
        self._connection.execute(
            "INSERT INTO event (moment, kind, serial_number, text) VALUES (?, ?, ?, ?)",
            (at.isoformat(), kind, serial_number, text),
        )

    def events(self, limit: int = 50, serial_number: str | None = None) -> list[tuple[str, str, str | None, str]]:
        """Return the newest events, newest first: time, kind, serial number, text."""
        of_printer, values = ("", []) if serial_number is None else ("WHERE serial_number = ?", [serial_number])
        query = f"SELECT moment, kind, serial_number, text FROM event {of_printer} ORDER BY event_id DESC LIMIT ?"  # noqa: S608
        rows = self._connection.execute(query, [*values, limit])
        with self._connection.decoding("event"):
            return [
                (read_datetime(at).isoformat(), read_text(kind), None if serial is None else read_text(serial), text)
                for at, kind, serial, text in rows
            ]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _pragma(self, name: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
