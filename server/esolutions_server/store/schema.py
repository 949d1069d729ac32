"""The tables of the server's database.

Moments are kept as the wire spells them, so that they sort as text and read
the same in a database shell. No queries here, and nothing that only one kind
of database has.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import BigInteger

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["Moment", "metadata"]


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, to the second, as text of the form 2026-01-31T09:00:00Z."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's)
        """Spell a moment."""
        return None if value is None else f"{value.astimezone(UTC).isoformat()[:19]}Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's)
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()
RowNumber = BigInteger().with_variant(Integer, "sqlite")

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("key_user", String(254), nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("email", String(254), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
)

# What the administrative systems know: installations and contracts.
equipment = Table(
    "equipment",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("person", ForeignKey("people.email"), nullable=False),
    Column("installed_on", Date, nullable=False),
    Column("frequency", String(10), nullable=False),
    Column("anchor_day", Integer, nullable=False),
    Column("time_zone", String(64), nullable=False),
)

proxies = Table(
    "proxies",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("secret", String(88), nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("installed_at", Moment, nullable=False),
    Column("consent_given_at", Moment, nullable=False),
    Column("daily_sync_time", String(20), nullable=False),
    Column("sync_window", Integer, nullable=False),  # seconds
    Column("poll_interval", Integer, nullable=False),  # seconds
    Column("instance_id", String(36), nullable=False),
    Column("former_instance_id", String(36)),
    Column("last_heard_at", Moment, nullable=False),
    Column("next_contact_at", Moment, nullable=False),
    Column("last_poll_at", Moment),
    Column("reason", String(10)),
    Column("queue", Integer, nullable=False),
    Column("last_receipt_id", String(36)),
    # Of the devices the server thinks the proxy has.
    Column("fleet_digest", String(44), nullable=False),
    # Whether a nonce of it has bound its body once: from then on every one has to.
    Column("binds_body", Boolean, nullable=False, server_default=false()),
)

devices = Table(
    "devices",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("proxy_id", ForeignKey("proxies.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("activated_at", Moment),
    Column("declined_at", Moment),
    # Up to where billing periods have become requests.
    Column("billed_until", Moment),
    # When a sync has to look at this device next; null: never, as things stand.
    Column("attention_at", Moment),
    # The serial number as its proxy spells it; `serial` is the canonical form.
    Column("spelled", String(32), nullable=False, server_default=""),
    # Of a row from before serial numbers were normalised: the device that it is, too.
    Column("same_as", String(32)),
    # When the client found it, and since when it says that its service is on.
    Column("detected_at", Moment),
    Column("turned_on_at", Moment),
    Index("devices_needing_attention", "proxy_id", "attention_at"),
    Index("devices_by_attention", "attention_at"),
)

meters = Table(
    "meters",
    metadata,
    Column("serial", ForeignKey("devices.serial"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    # Null for a meter that was never read.
    Column("opening_value", BigInteger),
    Column("opening_read_at", Moment),
    Column("last_value", BigInteger),
    Column("last_read_at", Moment),
)

supplies = Table(
    "supplies",
    metadata,
    Column("serial", ForeignKey("devices.serial"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("state", String(14), nullable=False),
    Column("unit", String(32)),
    Column("capacity", BigInteger),
    Column("level", BigInteger),
    Column("read_at", Moment, nullable=False),
)

# What a proxy is asked to do: turn a device on, or report its meters.
commands = Table(
    "commands",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("serial", ForeignKey("devices.serial"), nullable=False),
    Column("action", String(6), nullable=False),
    Column("state", String(9), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("read_not_before", Moment, nullable=False),
    Column("answer_by", Moment, nullable=False),
    Column("frequency", String(10), nullable=False),
    Column("period_start", Moment, nullable=False),
    Column("period_end", Moment, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("answered_at", Moment),
    Column("answer", Text),  # what was answered, to tell a repetition from a contradiction
    Column("overdue_mailed_at", Moment),
    Column("ordered", Text),  # JSON: the names of the meters, as they were first asked for
    Column("reason", String(200)),  # why it is not answered, or not billed
    UniqueConstraint("serial", "action", "period_end", "issued_at", name="one_request_per_period"),
    Index("commands_of_a_device", "serial", "state"),
    Index("commands_by_deadline", "state", "answer_by"),
)

# What came for each meter that was ordered, one row each; a meter that could not be read has no value.
# Accepted, Held; and of what was held: Rejected, Unread (nothing to bill), Covered (by a later bill).
bills = Table(
    "bills",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("command_id", ForeignKey("commands.id"), nullable=False),
    Column("serial", String(32), nullable=False),
    Column("meter", String(64), nullable=False),
    Column("value", BigInteger),
    Column("previous_value", BigInteger),
    Column("rollover_at", BigInteger),
    Column("impressions", BigInteger, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("reason", String(200)),
    UniqueConstraint("command_id", "meter", name="one_value_per_request"),
    Index("bills_of_a_device", "serial"),
)

# The first answer to every message, to be given again if the message comes again.
messages = Table(
    "messages",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("proxy_id", String(36), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("operation", String(24), nullable=False),
    Column("receipt_id", String(36), nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # Of a billing transaction: its id, and a digest of what it said.
    Column("transaction_id", String(36)),
    Column("content", LargeBinary),
    UniqueConstraint("proxy_id", "message_id", name="one_answer_per_message"),
    UniqueConstraint("proxy_id", "receipt_id", name="one_message_per_receipt"),
    Index("messages_by_age", "answered_at"),
    Index("messages_by_transaction", "proxy_id", "transaction_id"),
)

nonces = Table(
    "nonces",
    metadata,
    Column("proxy_id", String(36), primary_key=True),
    Column("nonce", LargeBinary(64), primary_key=True),
    Column("expires_at", Moment, nullable=False),
)

_OF_A_STRANGER = text("proxy_id IS NULL")

journal = Table(
    "journal",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("moment", Moment, nullable=False),
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

mail = Table(
    "mail",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("moment", Moment, nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
