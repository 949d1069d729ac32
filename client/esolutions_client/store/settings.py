"""Small facts by name: who this proxy is, when it did what, whether it may talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.store.connection import read_moment, read_text

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.store.connection import Connection, Decoding

__all__ = ["Settings"]


class Settings:
    """Text by name; a moment is kept in ISO 8601."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.decoding: Decoding = connection.decoding("setting")

    def get(self, name: str) -> str | None:
        """Return the value, or None where none was set."""
        row = self._connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        if row is None or type(row[0]) is str:
            return None if row is None else row[0]
        with self.decoding:
            return read_text(row[0])

    def set(self, name: str, value: str | None) -> None:
        """Set a value; None removes it."""
        if value is None:
            self._connection.execute("DELETE FROM setting WHERE name = ?", (name,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def moment(self, name: str) -> datetime | None:
        """Return a value as a moment."""
        value = self.get(name)
        with self.decoding:
            return None if value is None else read_moment(value)

    def set_moment(self, name: str, moment: datetime | None) -> None:
        """Set a value to a moment; None removes it."""
        self.set(name, None if moment is None else moment.isoformat())

    def number(self, name: str) -> int:
        """Return a value as a number, 0 where none was set."""
        value = self.get(name) or "0"
        with self.decoding:
            return int(value)

    def add(self, name: str) -> int:
        """Count one up and return the new count."""
        count = self.number(name) + 1
        self.set(name, str(count))
        return count
