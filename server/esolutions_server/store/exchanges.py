"""Remember what passed: nonces, first answers, and the journal of every exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, delete, insert, select

from esolutions_server.store.prepared import Prepared
from esolutions_server.store.schema import journal, messages, nonces, proxies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from esolutions_server.store.records import JournalEntry

__all__ = [
    "FirstResponse",
    "first_receipt",
    "first_response",
    "keep_nonce",
    "keep_response",
    "knows_receipt",
    "prune",
    "read_journal",
    "transaction_content",
    "write_journal",
]


@dataclass(frozen=True, slots=True)
class FirstResponse:
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
_OF_RECEIPT = Prepared(
    select(messages.c.number).where(
        messages.c.proxy_id == bindparam("proxy_id"), messages.c.receipt_id == bindparam("receipt_id")
    )
)
_FIRST_RECEIPT = Prepared(
    select(messages.c.receipt_id)
    .where(messages.c.proxy_id == bindparam("proxy_id"))
    .order_by(messages.c.number)
    .limit(1)
)
_OF_TRANSACTION = Prepared(
    select(messages.c.content).where(
        messages.c.proxy_id == bindparam("proxy_id"), messages.c.transaction_id == bindparam("transaction_id")
    )
)
_KEEP_ANSWER = Prepared(insert(messages))
_ACKNOWLEDGED = messages.alias("acknowledged")
_FORGET_ANSWERS = Prepared(
    delete(messages).where(
        messages.c.answered_at < bindparam("before"),
        messages.c.number
        < select(_ACKNOWLEDGED.c.number)
        .join_from(proxies, _ACKNOWLEDGED, proxies.c.last_receipt_id == _ACKNOWLEDGED.c.receipt_id)
        .where(proxies.c.id == messages.c.proxy_id, _ACKNOWLEDGED.c.proxy_id == messages.c.proxy_id)
        .correlate(messages)
        .scalar_subquery(),
    )
)
_FORGET_NONCES = Prepared(delete(nonces).where(nonces.c.expires_at < bindparam("now")))
_OF_STRANGERS = journal.c.proxy_id.is_(None)
_FIRST_STRANGER_TOO_MANY = Prepared(
    select(journal.c.number)
    .where(_OF_STRANGERS)
    .order_by(journal.c.number.desc())
    .offset(bindparam("kept", type_=Integer))
    .limit(1)
)
_FORGET_STRANGERS = Prepared(delete(journal).where(_OF_STRANGERS, journal.c.number <= bindparam("newest_dropped")))
_WRITE = Prepared(insert(journal))


def keep_nonce(connection: Connection, proxy_id: str, nonce: bytes, expires_at: datetime) -> bool:
    """Remember a nonce until messages of its age are refused anyway; False if the proxy used it before.

    After False, the transaction has to be given up.
    """
    try:
        _KEEP_NONCE.run(connection, {"proxy_id": proxy_id, "nonce": nonce, "expires_at": expires_at})
    except connection.dialect.loaded_dbapi.IntegrityError:
        return False
    return True


def first_response(connection: Connection, proxy_id: str, message_id: str) -> FirstResponse | None:
    """Return what the message was answered before, if it was."""
    row = _FIRST.first(connection, {"proxy_id": proxy_id, "message_id": message_id})
    return None if row is None else FirstResponse(*row)


def knows_receipt(connection: Connection, proxy_id: str, receipt_id: str) -> bool:
    """Whether this database holds the answer that a proxy got under a receipt's id."""
    return _OF_RECEIPT.first(connection, {"proxy_id": proxy_id, "receipt_id": receipt_id}) is not None


def first_receipt(connection: Connection, proxy_id: str) -> str | None:
    """Return the id of the oldest receipt of a proxy that is still known."""
    row = _FIRST_RECEIPT.first(connection, {"proxy_id": proxy_id})
    return None if row is None else str(row[0])


def transaction_content(connection: Connection, proxy_id: str, transaction_id: str) -> bytes | None:
    """Return the digest of what a proxy said under the id of a billing transaction, if it was taken before."""
    row = _OF_TRANSACTION.first(connection, {"proxy_id": proxy_id, "transaction_id": transaction_id})
    return None if row is None else row[0]


def keep_response(connection: Connection, values: dict[str, Any]) -> None:
    """Remember the first answer to a message."""
    _KEEP_ANSWER.run(connection, values)


def write_journal(connection: Connection, entry: JournalEntry) -> None:
    """Write down an exchange."""
    _WRITE.run(connection, entry._asdict())


def read_journal(
    connection: Connection,
    *,
    since: datetime | None = None,
    after_number: int = 0,
    limit: int | None = None,
    proxy_id: str | None = None,
) -> Sequence[Row[Any]]:
    """Return the exchanges since a moment, of all proxies or of one, oldest first."""
    query = select(journal).where(journal.c.number > after_number).order_by(journal.c.number).limit(limit)
    if since is not None:
        query = query.where(journal.c.moment >= since)
    if proxy_id is not None:
        query = query.where(journal.c.proxy_id == proxy_id)
    return connection.execute(query).all()


def prune(connection: Connection, *, now: datetime, answers_before: datetime, strangers_kept: int) -> None:
    """Forget what nobody can ask for any more.

    Args:
        connection: inside a transaction.
        now: nonces that expired before are past their use.
        answers_before: answers older than this go if the proxy has acknowledged a later one.
        strangers_kept: how many of the refusals of strangers stay in the journal, the newest.
    """
    _FORGET_NONCES.run(connection, {"now": now})
    _FORGET_ANSWERS.run(connection, {"before": answers_before})
    too_many = _FIRST_STRANGER_TOO_MANY.first(connection, {"kept": strangers_kept})
    if too_many is not None:
        _FORGET_STRANGERS.run(connection, {"newest_dropped": too_many[0]})
