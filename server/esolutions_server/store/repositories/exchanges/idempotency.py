"""Know a message that comes again: nonces that were used, and the first response to each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.schema import messages, nonces, proxies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

__all__ = [
    "FirstResponse",
    "first_receipt",
    "first_response",
    "keep_nonce",
    "keep_response",
    "knows_receipt",
    "prune",
    "transaction_content",
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
_KEEP_RESPONSE = Prepared(insert(messages))
_ACKNOWLEDGED = messages.alias("acknowledged")
_FORGET_RESPONSES = Prepared(
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
    """Whether this database holds the response that a proxy got under a receipt's id."""
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
    """Remember the first response to a message."""
    _KEEP_RESPONSE.run(connection, values)


def prune(connection: Connection, *, now: datetime, responses_before: datetime) -> None:
    """Forget what no message can repeat any more.

    Args:
        connection: inside a transaction.
        now: nonces that expired before are past their use.
        responses_before: older responses go if the proxy has acknowledged a later one.
    """
    _FORGET_NONCES.run(connection, {"now": now})
    _FORGET_RESPONSES.run(connection, {"before": responses_before})
