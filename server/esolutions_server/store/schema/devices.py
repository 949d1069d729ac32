"""Proxies, their devices, and the meters and supplies of a device."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, false

from esolutions_server.store.schema.types import UtcTime, metadata

__all__ = ["devices", "meters", "proxies", "supplies"]

proxies = Table(
    "proxies",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("secret", String(88), nullable=False),
    Column("registered_at", UtcTime, nullable=False),
    Column("installed_at", UtcTime, nullable=False),
    Column("consent_given_at", UtcTime, nullable=False),
    Column("daily_sync_time", String(20), nullable=False),
    Column("sync_window", Integer, nullable=False),  # seconds
    Column("poll_interval", Integer, nullable=False),  # seconds
    Column("instance_id", String(36), nullable=False),
    Column("former_instance_id", String(36)),
    Column("last_heard_at", UtcTime, nullable=False),
    Column("next_contact_at", UtcTime, nullable=False),
    Column("last_poll_at", UtcTime),
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
    Column("registered_at", UtcTime, nullable=False),
    Column("activated_at", UtcTime),
    Column("declined_at", UtcTime),
    # Up to where billing periods have become requests.
    Column("billed_until", UtcTime),
    # When a sync has to look at this device next; null: never, as things stand.
    Column("attention_at", UtcTime),
    # The serial number as its proxy spells it; `serial` is the canonical form.
    Column("spelled", String(32), nullable=False, server_default=""),
    # Of a row from before serial numbers were normalised: the device that it is, too.
    Column("same_as", String(32)),
    # When the client found it, and since when it says that its service is on.
    Column("detected_at", UtcTime),
    Column("turned_on_at", UtcTime),
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
    Column("opening_read_at", UtcTime),
    Column("last_value", BigInteger),
    Column("last_read_at", UtcTime),
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
    Column("read_at", UtcTime, nullable=False),
)
