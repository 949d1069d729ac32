"""Accounts, people and equipment under contract, as administrative systems know them, and the mail sent to people."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from esolutions_server.store.schema.types import RowNumber, UtcTime, metadata

__all__ = ["accounts", "equipment", "mail", "people"]

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

mail = Table(
    "mail",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("moment", UtcTime, nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
)
