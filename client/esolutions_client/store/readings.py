"""Every reading ever taken, a row each, and what was last transmitted of each meter.

Readings stand in rounds, in the order they were taken; a round holds one of
each printer at the most. So a round is written in one place however many
printers there are, and those of one printer are found by asking each round for
it. The time of a reading is what the machine's clock showed: a clock that was
wrong changes neither what is kept nor which reading is the newest.

A row holds numbers only; its layout says which meter and which supply each
number belongs to. That keeps a year of a hundred printers small and quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esolutions_client.store.database.connection import Connection, Decoding

__all__ = ["ReadingRow", "Readings", "Transmitted"]

# The fields of ReadingRow, of one printer. CROSS JOIN keeps SQLite from asking each reading for its round instead.
_OF_DEVICE = (
    "SELECT device_id, read_at, layout_id, uptime, flag, body"
    " FROM round CROSS JOIN reading USING (round_id) WHERE device_id = ?"
)
# One statement for many rows costs a third less than one for each. Few enough for the 999 values of an old SQLite.
_ROWS_AT_ONCE = 50
_INSERT = "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_MANY = _INSERT + ", (?, ?, ?, ?, ?, ?, ?)" * (_ROWS_AT_ONCE - 1)
# As far as SQLite counts, and the year 2500 in seconds since 1970.
_LARGEST = 2**63 - 1
_LATEST = 16_725_225_600
_NEWEST_FIRST = " ORDER BY round.round_id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading as it is kept: `seconds` since 1970 when it was taken, `body` the poll's numbers as JSON."""

    device_id: int
    seconds: int
    layout_id: int
    uptime: int | None
    flag: str | None
    body: str

    @property
    def read_at(self) -> datetime:
        """When it was taken."""
        return datetime.fromtimestamp(self.seconds, UTC)


@dataclass(frozen=True, slots=True)
class Transmitted:
    """The last value of a meter that the server has acknowledged."""

    meter: str
    value: int
    read_date: datetime


class Readings:
    """Readings by printer, in order and by time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.decoding: Decoding = connection.decoding("reading")
        self._decoding_transmitted = connection.decoding("transmitted")

    def begin_round(self) -> int:
        """Begin a round behind all others and return its id; nothing is kept of it until a reading is."""
        (last,) = self._connection.execute("SELECT max(round_id) FROM round").fetchone()
        with self.decoding:
            return read_number(last or 0, 0, _LARGEST - 1) + 1

    def add(self, round_id: int, rows: Sequence[tuple[int, int, int, int | None, str | None, str]]) -> None:
        """Keep readings of a round, one of each printer, given as the fields of `ReadingRow` in order."""
        if not rows:
            return
        self._connection.execute("INSERT OR IGNORE INTO round VALUES (?)", (round_id,))
        whole = len(rows) // _ROWS_AT_ONCE * _ROWS_AT_ONCE
        for start in range(0, whole, _ROWS_AT_ONCE):
            values = [value for row in rows[start : start + _ROWS_AT_ONCE] for value in (round_id, *row)]
            self._connection.execute(_INSERT_MANY, values)
        self._connection.executemany(_INSERT, [(round_id, *row) for row in rows[whole:]])

    def last(self, device_id: int) -> ReadingRow | None:
        """Return the newest reading of a printer."""
        return next(iter(self.newest(device_id, 1)), None)

    def last_trusted(self, device_id: int) -> ReadingRow | None:
        """Return the newest reading of a printer whose meters did not go backwards."""
        query = _OF_DEVICE + " AND flag IS NOT 'backwards'" + _NEWEST_FIRST
        row = self._connection.execute(query, (device_id, 1)).fetchone()
        with self.decoding:
            return None if row is None else _reading(row)

    def accept(self, device_id: int) -> None:
        """Trust the newest reading of a printer: a person has looked at it."""
        self._connection.execute(
            "UPDATE reading SET flag = 'accepted' WHERE device_id = :device_id AND round_id = ("
            "SELECT round_id FROM round CROSS JOIN reading USING (round_id) WHERE device_id = :device_id"
            " ORDER BY round.round_id DESC LIMIT 1)",
            {"device_id": device_id},
        )

    def accepted_at(self, device_id: int) -> datetime | None:
        """Return when the newest reading of this printer was taken that a person accepted."""
        row = self._connection.execute(
            "SELECT read_at FROM reading WHERE device_id = ? AND flag = 'accepted' ORDER BY round_id DESC LIMIT 1",
            (device_id,),
        ).fetchone()
        with self.decoding:
            return None if row is None else datetime.fromtimestamp(read_number(row[0], 0, _LATEST), UTC)

    def between(self, device_id: int, since: datetime, until: datetime, limit: int = -1) -> list[ReadingRow]:
        """Return the readings of a printer in a span of time, oldest first, both ends included."""
        rows = self._connection.execute(
            _OF_DEVICE + " AND read_at BETWEEN ? AND ? ORDER BY read_at, round.round_id LIMIT ?",
            (device_id, int(since.timestamp()), int(until.timestamp()), limit),
        )
        with self.decoding:
            return [_reading(row) for row in rows]

    def newest(self, device_id: int, count: int) -> list[ReadingRow]:
        """Return the newest readings of a printer, newest first."""
        rows = self._connection.execute(_OF_DEVICE + _NEWEST_FIRST, (device_id, count))
        with self.decoding:
            return [_reading(row) for row in rows]

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
        with self._decoding_transmitted:
            return {row[0]: _transmitted(row) for row in rows}


def _reading(row: tuple[Any, ...]) -> ReadingRow:
    device_id, read_at, layout_id, uptime, flag, body = row
    return ReadingRow(
        device_id,
        read_number(read_at, 0, _LATEST),
        read_number(layout_id, 0, _LARGEST),
        None if uptime is None else read_number(uptime, 0, _LARGEST),
        None if flag is None else read_text(flag),
        read_text(body),
    )


def _transmitted(row: tuple[Any, ...]) -> Transmitted:
    meter, value, read_date = row
    return Transmitted(read_text(meter), read_number(value, 0, _LARGEST), read_datetime(read_date))
