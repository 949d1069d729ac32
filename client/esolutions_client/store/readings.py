"""Every reading ever taken, a row each, and what was last transmitted of each meter.

Readings stand in the order they were taken. The moment of each is what the
machine's clock showed: a clock that was wrong changes neither what is kept nor
which reading is the newest. A row holds numbers only; its layout says which meter and which supply each
number belongs to. That keeps a year of a hundred printers small and quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

__all__ = ["ReadingRow", "Readings", "Transmitted"]

# The fields of ReadingRow, of one printer.
_OF_DEVICE = "SELECT device_id, read_at, layout_id, uptime, flag, body FROM reading WHERE device_id = ?"


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading as it is kept; `body` is the poll's numbers as JSON."""

    device_id: int
    read_at: int
    layout_id: int
    uptime: int | None
    flag: str | None
    body: str

    @property
    def moment(self) -> datetime:
        """When it was taken."""
        return datetime.fromtimestamp(self.read_at, UTC)


@dataclass(frozen=True, slots=True)
class Transmitted:
    """The last value of a meter that the server has acknowledged."""

    meter: str
    value: int
    read_date: datetime


class Readings:
    """Readings by printer, in order and by moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, rows: Iterable[tuple[int, int, int, int | None, str | None, str]]) -> None:
        """Keep readings, given as the fields of `ReadingRow` in order."""
        self._connection.executemany("INSERT INTO reading VALUES (NULL, ?, ?, ?, ?, ?, ?)", rows)

    def last(self, device_id: int) -> ReadingRow | None:
        """Return the newest reading of a printer."""
        row = self._connection.execute(_OF_DEVICE + " ORDER BY position DESC LIMIT 1", (device_id,)).fetchone()
        return None if row is None else ReadingRow(*row)

    def last_trusted(self, device_id: int) -> ReadingRow | None:
        """Return the newest reading of a printer whose meters did not go backwards."""
        row = self._connection.execute(
            _OF_DEVICE + " AND flag IS NOT 'backwards' ORDER BY position DESC LIMIT 1",
            (device_id,),
        ).fetchone()
        return None if row is None else ReadingRow(*row)

    def accept(self, device_id: int) -> None:
        """Trust the newest reading of a printer: a person has looked at it."""
        self._connection.execute(
            "UPDATE reading SET flag = 'accepted'"
            " WHERE position = (SELECT position FROM reading WHERE device_id = ? ORDER BY position DESC LIMIT 1)",
            (device_id,),
        )

    def accepted_at(self, device_id: int) -> datetime | None:
        """Return when the newest reading of this printer was taken that a person accepted."""
        row = self._connection.execute(
            "SELECT read_at FROM reading WHERE device_id = ? AND flag = 'accepted' ORDER BY position DESC LIMIT 1",
            (device_id,),
        ).fetchone()
        return None if row is None else datetime.fromtimestamp(row[0], UTC)

    def between(self, device_id: int, since: datetime, until: datetime, limit: int = -1) -> list[ReadingRow]:
        """Return the readings of a printer in a span of time, oldest first, both ends included."""
        rows = self._connection.execute(
            _OF_DEVICE + " AND read_at BETWEEN ? AND ? ORDER BY read_at, position LIMIT ?",
            (device_id, int(since.timestamp()), int(until.timestamp()), limit),
        )
        return [ReadingRow(*row) for row in rows]

    def newest(self, device_id: int, count: int) -> list[ReadingRow]:
        """Return the newest readings of a printer, newest first."""
        rows = self._connection.execute(_OF_DEVICE + " ORDER BY position DESC LIMIT ?", (device_id, count))
        return [ReadingRow(*row) for row in rows]

    def count(self) -> int:
        """Return how many readings are kept."""
        (number,) = self._connection.execute("SELECT count(*) FROM reading").fetchone()
        return int(number)

    def mark_transmitted(self, serial_number: str, read_date: datetime, values: Iterable[tuple[str, int]]) -> None:
        """Remember what the server has acknowledged."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO transmitted VALUES (?, ?, ?, ?)",
            [(serial_number, meter, value, read_date.isoformat()) for meter, value in values],
        )

    def transmitted(self, serial_number: str) -> dict[str, Transmitted]:
        """Return the last acknowledged value of each meter of a printer, by the meter's name."""
        rows = self._connection.execute(
            "SELECT meter, value, read_date FROM transmitted WHERE serial_number = ?", (serial_number,)
        )
        return {meter: Transmitted(meter, value, datetime.fromisoformat(date)) for meter, value, date in rows}
