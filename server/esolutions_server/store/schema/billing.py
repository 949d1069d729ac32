"""Commands to proxies, and the bills that come of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from esolutions_server.store.schema.types import RowNumber, UtcTime, metadata

__all__ = ["bills", "commands"]

# What a proxy is asked to do: turn a device on, or report its meters.
commands = Table(
    "commands",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("serial", ForeignKey("devices.serial"), nullable=False),
    Column("action", String(6), nullable=False),
    Column("state", String(9), nullable=False),
    Column("issued_at", UtcTime, nullable=False),
    Column("read_not_before", UtcTime, nullable=False),
    Column("answer_by", UtcTime, nullable=False),
    Column("frequency", String(10), nullable=False),
    Column("period_start", UtcTime, nullable=False),
    Column("period_end", UtcTime, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("answered_at", UtcTime),
    Column("answer", Text),  # what was answered, to tell a repetition from a contradiction
    Column("overdue_mailed_at", UtcTime),
    Column("ordered", Text),  # JSON: the names of the meters, as they were first asked for
    Column("reason", String(200)),  # why it is not answered, or not billed
    UniqueConstraint("serial", "action", "period_end", "issued_at", name="one_request_per_period"),
    Index("commands_of_a_device", "serial", "state"),
    Index("commands_by_deadline", "state", "answer_by"),
    # The order in which commands are listed, page by page.
    Index("commands_by_period", "period_end", "serial", "issued_at", "id"),
)

_NOT_ACCEPTED = text("outcome <> 'Accepted'")

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
    Column("read_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("reason", String(200)),
    UniqueConstraint("command_id", "meter", name="one_value_per_request"),
    Index("bills_of_a_device", "serial"),
    Index("bills_not_accepted", "id", sqlite_where=_NOT_ACCEPTED, postgresql_where=_NOT_ACCEPTED),
)
