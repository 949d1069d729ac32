"""Messages that must reach the server, and the archive of every byte that was sent.

A message stays `waiting` until a receipt for it is committed. Each attempt is
written to the archive before its first byte leaves, its response when it is here:
an attempt without an outcome is one whose response this machine never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_client.states.message_state import MESSAGE_TRANSITIONS, MessageState
from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.store.database.connection import Connection, Decoding

__all__ = ["Outbox", "SentRow", "WaitingMessage"]

# Bounds of what a sound row holds: attempts of ten years at one a minute; seconds of ten thousand years.
_MOST_ATTEMPTS = 10_000_000
_FAR_AWAY = 400_000_000_000


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message in the outbox; `body` is its JSON.

    `clock_origin` says by which setting of the machine's clock its readings
    were dated, as long as the server has not confirmed it; None where nothing
    in it depends on that. `receipt_id` is the receipt it has, where it is
    offered again to a server that was restored.
    """

    message_id: str
    operation: str
    composed_at: datetime
    body: str
    attempts: int
    clock_origin: int | None = None
    receipt_id: str | None = None

    @property
    def is_offered(self) -> bool:
        """Whether it was acknowledged before, and is offered again."""
        return self.receipt_id is not None


@dataclass(frozen=True, slots=True)
class SentRow:
    """One attempt as it was sent; outcome and response are None where none was recorded."""

    sent_id: int
    message_id: str
    operation: str
    attempt: int
    sent_at: datetime
    body: bytes
    outcome: str | None
    response: bytes | None


class Outbox:
    """Waiting messages in order, and attempts by id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.decoding: Decoding = connection.decoding("outbox")
        self._decoding_sent = connection.decoding("sent")

    def put(
        self,
        message_id: str,
        operation: str,
        composed_at: datetime,
        body: str,
        clock_origin: int | None = None,
        *,
        goes_first: bool = False,
    ) -> None:
        """Queue a message behind the others, or before them."""
        position = None
        if goes_first:
            (position,) = self._connection.execute("SELECT min(position) - 1 FROM outbox").fetchone()
        self._connection.execute(
            "INSERT INTO outbox (position, message_id, operation, composed_at, body, clock_origin, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (position, message_id, operation, composed_at.isoformat(), body, clock_origin, MessageState.WAITING),
        )

    def first(self) -> WaitingMessage | None:
        """Return the message that is next."""
        return next(iter(self.all_waiting(1)), None)

    def all_waiting(self, limit: int = -1) -> list[WaitingMessage]:
        """Return the messages that wait, the next one first."""
        rows = self._connection.execute(
            "SELECT message_id, operation, composed_at, body, attempts, clock_origin,"
            " CASE WHEN offered THEN receipt_id END FROM outbox WHERE state = 'waiting' ORDER BY position LIMIT ?",
            (limit,),
        ).fetchall()
        with self.decoding:
            return [_waiting(row) for row in rows]

    def waiting(self) -> int:
        """Return how many messages wait."""
        (count,) = self._connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()
        return int(count)

    def trust(self, message_id: str) -> None:
        """Note that the server has confirmed the clock by which a message's readings were dated."""
        self._connection.execute("UPDATE outbox SET clock_origin = NULL WHERE message_id = ?", (message_id,))

    def acknowledge(self, message_id: str, receipt_id: str) -> None:
        """Take a message out of the queue: the server has it. One that was not queued, as a sync, is passed over.

        Raises:
            TransitionError: it was given up.
        """
        self._become(message_id, MessageState.ACKNOWLEDGED)
        self._connection.execute(
            "UPDATE outbox SET offered = 0, receipt_id = ? WHERE message_id = ?", (receipt_id, message_id)
        )

    def acknowledged_after(self, receipt_id: str) -> list[str] | None:
        """Return the messages that were acknowledged after a receipt came; None where it never did."""
        (sent_id,) = self._connection.execute(
            "SELECT min(sent_id) FROM sent WHERE receipt_id = ?", (receipt_id,)
        ).fetchone()
        if sent_id is None:
            return None
        rows = self._connection.execute(
            "SELECT message_id FROM outbox WHERE state = 'acknowledged' AND message_id IN"
            " (SELECT message_id FROM sent WHERE sent_id > ? AND outcome = 'acknowledged') ORDER BY position",
            (sent_id,),
        )
        with self.decoding:
            return [read_text(message_id) for (message_id,) in rows]

    def acknowledged(self, message_id: str) -> tuple[str, str, bytes]:
        """Return a message that was acknowledged: its operation, its JSON, and the bytes of its response."""
        row = self._connection.execute(
            "SELECT operation, outbox.body, answer FROM outbox JOIN sent USING (message_id, operation)"
            " WHERE message_id = ? AND outcome = 'acknowledged' ORDER BY sent_id DESC LIMIT 1",
            (message_id,),
        ).fetchone()
        with self._decoding_sent:
            return read_text(row[0]), read_text(row[1]), _octets(row[2])

    def offer(self, message_id: str, body: str) -> None:
        """Let an acknowledged message wait in its old place again; its readings were dated rightly.

        Raises:
            TransitionError: it was given up.
        """
        self._become(message_id, MessageState.WAITING)
        self._connection.execute(
            "UPDATE outbox SET offered = 1, clock_origin = NULL, body = ? WHERE message_id = ?", (body, message_id)
        )

    def is_of_registration(self, receipt_id: str) -> bool:
        """Whether a receipt is that of a registration of this proxy."""
        query = "SELECT 1 FROM outbox WHERE operation = 'RegisterProxy' AND receipt_id = ?"
        return self._connection.execute(query, (receipt_id,)).fetchone() is not None

    def reject(self, message_id: str) -> None:
        """Take a message out of the queue: the server will never take it.

        Raises:
            TransitionError: the server has it.
        """
        self._become(message_id, MessageState.REJECTED)

    def _become(self, message_id: str, following: MessageState) -> None:
        row = self._connection.execute("SELECT state FROM outbox WHERE message_id = ?", (message_id,)).fetchone()
        if row is not None:
            with self.decoding:
                state = MessageState(row[0])
            MESSAGE_TRANSITIONS.check(f"message {message_id}", state, following)
            self._connection.execute("UPDATE outbox SET state = ? WHERE message_id = ?", (following, message_id))

    def begin_attempt(self, message_id: str, operation: str, attempt: int, sent_at: datetime, body: bytes) -> int:
        """Archive the bytes that are about to be sent and return the archive's id for them."""
        self._connection.execute(
            "UPDATE outbox SET attempts = ? WHERE message_id = ? AND state = 'waiting'", (attempt, message_id)
        )
        cursor = self._connection.execute(
            "INSERT INTO sent (message_id, operation, attempt, sent_at, body) VALUES (?, ?, ?, ?, ?)",
            (message_id, operation, attempt, sent_at.isoformat(), body),
        )
        return int(cursor.lastrowid or 0)

    def end_attempt(self, sent_id: int, outcome: str, response: bytes | None, receipt_id: str | None = None) -> None:
        """Archive what came of an attempt, and the receipt that it got."""
        self._connection.execute(
            "UPDATE sent SET outcome = ?, answer = ?, receipt_id = ? WHERE sent_id = ?",
            (outcome, response, receipt_id, sent_id),
        )

    def sent(self, limit: int = -1) -> list[SentRow]:
        """Return the archived attempts, newest first."""
        rows = self._connection.execute("SELECT * FROM sent ORDER BY sent_id DESC LIMIT ?", (limit,))
        with self._decoding_sent:
            return [_sent(row) for row in rows]

    def sent_by_id(self, sent_id: int) -> SentRow | None:
        """Return one archived attempt."""
        row = self._connection.execute("SELECT * FROM sent WHERE sent_id = ?", (sent_id,)).fetchone()
        with self._decoding_sent:
            return None if row is None else _sent(row)


def _waiting(row: tuple[Any, ...]) -> WaitingMessage:
    message_id, operation, composed_at, body, attempts, clock_origin, receipt_id = row
    return WaitingMessage(
        read_text(message_id),
        read_text(operation),
        read_datetime(composed_at),
        read_text(body),
        read_number(attempts, 0, _MOST_ATTEMPTS),
        None if clock_origin is None else read_number(clock_origin, -_FAR_AWAY, _FAR_AWAY),
        None if receipt_id is None else read_text(receipt_id),
    )


def _sent(row: tuple[Any, ...]) -> SentRow:
    sent_id, message_id, operation, attempt, sent_at, body, outcome, response, _ = row
    return SentRow(
        sent_id,
        read_text(message_id),
        read_text(operation),
        read_number(attempt, 0, _MOST_ATTEMPTS),
        read_datetime(sent_at),
        _octets(body),
        None if outcome is None else read_text(outcome),
        None if response is None else _octets(response),
    )


def _octets(value: Any) -> bytes:
    if type(value) is not bytes:
        raise ValueError(f"{value!r} are no octets")
    return value
