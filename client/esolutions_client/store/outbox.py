"""Messages that must reach the server, and the archive of every byte that was sent.

A message stays `waiting` until a receipt for it is committed. Each attempt is
written to the archive before its first byte leaves, its answer when it is here:
an attempt without an outcome is one whose answer this machine never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Outbox", "SentRow", "WaitingMessage"]


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message in the outbox; `body` is its JSON.

    `clock_origin` says by which setting of the machine's clock its readings
    were dated, as long as the server has not confirmed it; None where nothing
    in it depends on that.
    """

    message_id: str
    operation: str
    composed_at: datetime
    body: str
    attempts: int
    clock_origin: int | None = None


@dataclass(frozen=True, slots=True)
class SentRow:
    """One attempt as it was sent; outcome and answer are None where none was recorded."""

    sent_id: int
    message_id: str
    operation: str
    attempt: int
    sent_at: datetime
    body: bytes
    outcome: str | None
    answer: bytes | None


class Outbox:
    """Waiting messages in order, and attempts by id."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(
        self, message_id: str, operation: str, composed_at: datetime, body: str, clock_origin: int | None = None
    ) -> None:
        """Queue a message behind the others."""
        self._connection.execute(
            "INSERT INTO outbox (message_id, operation, composed_at, body, clock_origin, state)"
            " VALUES (?, ?, ?, ?, ?, 'waiting')",
            (message_id, operation, composed_at.isoformat(), body, clock_origin),
        )

    def first(self) -> WaitingMessage | None:
        """Return the message that is next."""
        return next(iter(self.all_waiting(1)), None)

    def all_waiting(self, limit: int = -1) -> list[WaitingMessage]:
        """Return the messages that wait, the next one first."""
        rows = self._connection.execute(
            "SELECT message_id, operation, composed_at, body, attempts, clock_origin FROM outbox"
            " WHERE state = 'waiting' ORDER BY position LIMIT ?",
            (limit,),
        ).fetchall()
        return [WaitingMessage(row[0], row[1], datetime.fromisoformat(row[2]), *row[3:]) for row in rows]

    def waiting(self) -> int:
        """Return how many messages wait."""
        (count,) = self._connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()
        return int(count)

    def trust(self, message_id: str) -> None:
        """Note that the server has confirmed the clock by which a message's readings were dated."""
        self._connection.execute("UPDATE outbox SET clock_origin = NULL WHERE message_id = ?", (message_id,))

    def acknowledge(self, message_id: str, receipt_id: str) -> None:
        """Take a message out of the queue: the server has it."""
        self._connection.execute(
            "UPDATE outbox SET state = 'acknowledged', receipt_id = ? WHERE message_id = ?", (receipt_id, message_id)
        )

    def reject(self, message_id: str) -> None:
        """Take a message out of the queue: the server will never take it."""
        self._connection.execute("UPDATE outbox SET state = 'rejected' WHERE message_id = ?", (message_id,))

    def begin_attempt(self, message_id: str, operation: str, attempt: int, moment: datetime, body: bytes) -> int:
        """Archive the bytes that are about to be sent and return the archive's id for them."""
        self._connection.execute(
            "UPDATE outbox SET attempts = ? WHERE message_id = ? AND state = 'waiting'", (attempt, message_id)
        )
        cursor = self._connection.execute(
            "INSERT INTO sent (message_id, operation, attempt, sent_at, body) VALUES (?, ?, ?, ?, ?)",
            (message_id, operation, attempt, moment.isoformat(), body),
        )
        return int(cursor.lastrowid or 0)

    def end_attempt(self, sent_id: int, outcome: str, answer: bytes | None) -> None:
        """Archive what came of an attempt."""
        self._connection.execute(
            "UPDATE sent SET outcome = ?, answer = ? WHERE sent_id = ?", (outcome, answer, sent_id)
        )

    def sent(self, limit: int = -1) -> list[SentRow]:
        """Return the archived attempts, newest first."""
        rows = self._connection.execute("SELECT * FROM sent ORDER BY sent_id DESC LIMIT ?", (limit,))
        return [_sent(row) for row in rows]

    def sent_by_id(self, sent_id: int) -> SentRow | None:
        """Return one archived attempt."""
        row = self._connection.execute("SELECT * FROM sent WHERE sent_id = ?", (sent_id,)).fetchone()
        return None if row is None else _sent(row)


def _sent(row: tuple[int, str, str, int, str, bytes, str | None, bytes | None]) -> SentRow:
    return SentRow(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), row[5], row[6], row[7])
