"""Messages with their first response, used nonces, the journal of every exchange, and the server's settings."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from esolutions_server.store.schema.types import RowNumber, UtcTime, metadata

__all__ = ["journal", "messages", "nonces", "settings"]

_OF_A_STRANGER = text("proxy_id IS NULL")
# Most messages are syncs, and each index is one page more that a commit writes.
_IS_A_TRANSACTION = text("transaction_id IS NOT NULL")

# The first answer to every message, to be given again if the message comes again.
messages = Table(
    "messages",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("proxy_id", String(36), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("operation", String(24), nullable=False),
    Column("receipt_id", String(36), nullable=False),
    Column("answered_at", UtcTime, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # Of a billing transaction: its id, and a digest of what it said.
    Column("transaction_id", String(36)),
    Column("content", LargeBinary),
    UniqueConstraint("proxy_id", "message_id", name="one_answer_per_message"),
    UniqueConstraint("proxy_id", "receipt_id", name="one_message_per_receipt"),
    Index("messages_by_age", "answered_at"),
    Index(
        "messages_by_transaction",
        "proxy_id",
        "transaction_id",
        sqlite_where=_IS_A_TRANSACTION,
        postgresql_where=_IS_A_TRANSACTION,
    ),
)

nonces = Table(
    "nonces",
    metadata,
    Column("proxy_id", String(36), primary_key=True),
    Column("nonce", LargeBinary(64), primary_key=True),
    Column("expires_at", UtcTime, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("moment", UtcTime, nullable=False),
    Column("operation", String(24)),
    Column("proxy_id", String(36)),
    Column("message_id", String(36)),
    Column("attempt", BigInteger),
    Column("devices_in", Integer, nullable=False),
    Column("devices_out", Integer, nullable=False),
    Column("bytes_in", Integer, nullable=False),
    Column("bytes_out", Integer, nullable=False),
    Column("published_in", Integer),
    Column("published_out", Integer),
    Column("outcome", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("waited", BigInteger),  # seconds from when the message was composed
    Index("journal_by_moment", "moment"),
    Index("journal_of_strangers", "number", sqlite_where=_OF_A_STRANGER, postgresql_where=_OF_A_STRANGER),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
