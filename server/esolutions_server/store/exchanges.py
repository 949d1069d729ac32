"""Remember what passed: nonces, first answers, and the journal of every exchange."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, insert, select

from esolutions_server.store.prepared import Prepared
from esolutions_server.store.records import JournalEntry
from esolutions_server.store.schema import journal, messages, nonces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

__all__ = [
    "FirstAnswer",
    "first_answer",
    "keep_answer",
    "keep_nonce",
    "prune",
    "prune_answers",
    "read_journal",
    "write_journal",
]


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a message was answered when it came first."""

    operation: str
    devices: int
    payload: bytes


_KEEP_NONCE = Prepared(insert(nonces))
_FIRST = Prepared(
    select(messages.c.operation, messages.c.devices, messages.c.payload).where(
        messages.c.proxy_id == bindparam("proxy_id"), messages.c.message_id == bindparam("message_id")
    )
)
_KEEP_ANSWER = Prepared(insert(messages))
_OLDER_ANSWERS = delete(messages).where(
    messages.c.proxy_id == bindparam("of_proxy"),
    messages.c.answered_at < bindparam("before"),
    messages.c.number
    < select(messages.c.number)
    .where(messages.c.proxy_id == bindparam("of_proxy"), messages.c.receipt_id == bindparam("acknowledged"))
    .scalar_subquery(),
)
_WRITE = Prepared(insert(journal))
_COLUMNS = tuple(field.name for field in fields(JournalEntry))


def keep_nonce(connection: Connection, proxy_id: str, nonce: bytes, expires_at: datetime) -> bool:
    """Remember a nonce until messages of its age are refused anyway; False if the proxy used it before.

    After False, the transaction has to be given up.
    """
    try:
        _KEEP_NONCE.run(connection, {"proxy_id": proxy_id, "nonce": nonce, "expires_at": expires_at})
    except connection.dialect.loaded_dbapi.IntegrityError:
        return False
    return True


def first_answer(connection: Connection, proxy_id: str, message_id: str) -> FirstAnswer | None:
    """Return what the message was answered before, if it was."""
    row = _FIRST.first(connection, {"proxy_id": proxy_id, "message_id": message_id})
    return None if row is None else FirstAnswer(*row)


def keep_answer(connection: Connection, values: dict[str, Any]) -> None:
    """Remember the first answer to a message."""
    _KEEP_ANSWER.run(connection, values)


def prune_answers(connection: Connection, proxy_id: str, acknowledged: str, before: datetime) -> None:
    """Forget the answers that are old and came before the one whose receipt the proxy acknowledges."""
    connection.execute(_OLDER_ANSWERS, {"of_proxy": proxy_id, "acknowledged": acknowledged, "before": before})


def write_journal(connection: Connection, entry: JournalEntry) -> None:
    """Write down an exchange."""
    _WRITE.run(connection, {name: getattr(entry, name) for name in _COLUMNS})


def read_journal(
    connection: Connection, *, since: datetime | None = None, after_number: int = 0, limit: int | None = None
) -> Sequence[Row[Any]]:
    """Return the exchanges since a moment, oldest first."""
    query = select(journal).where(journal.c.number > after_number).order_by(journal.c.number).limit(limit)
    if since is not None:
        query = query.where(journal.c.moment >= since)
    return connection.execute(query).all()


def prune(connection: Connection, *, now: datetime, strangers_kept: int) -> None:
    """Forget nonces past their use, and all but the newest refusals of strangers."""
    connection.execute(delete(nonces).where(nonces.c.expires_at < now))
    of_strangers = journal.c.proxy_id.is_(None)
    count = connection.execute(select(func.count()).select_from(journal).where(of_strangers)).scalar_one()
    if count <= strangers_kept:
        return
    newest_dropped = (
        select(journal.c.number).where(of_strangers).order_by(journal.c.number.desc()).offset(strangers_kept).limit(1)
    )
    limit = connection.execute(newest_dropped).scalar_one()
    connection.execute(delete(journal).where(and_(of_strangers, journal.c.number <= limit)))
