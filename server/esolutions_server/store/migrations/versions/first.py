"""The tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, those that others refer to first."""
    _accounts()
    _journal()
    _mail()
    _messages()
    _nonces()
    _proxies()
    _settings()
    _devices()
    _people()
    _commands()
    _equipment()
    _meters()
    _supplies()
    _bills()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_user", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moment", sa.String(20), nullable=False),
        sa.Column("operation", sa.String(length=24), nullable=True),
        sa.Column("proxy_id", sa.String(length=36), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=True),
        sa.Column("devices_in", sa.Integer(), nullable=False),
        sa.Column("devices_out", sa.Integer(), nullable=False),
        sa.Column("bytes_in", sa.Integer(), nullable=False),
        sa.Column("bytes_out", sa.Integer(), nullable=False),
        sa.Column("published_in", sa.Integer(), nullable=True),
        sa.Column("published_out", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moment", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proxy_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("operation", sa.String(length=24), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("answered_at", sa.String(20), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("proxy_id", "message_id", name="one_answer_per_message"),
        sa.UniqueConstraint("proxy_id", "receipt_id", name="one_message_per_receipt"),
    )


def _nonces() -> None:
    op.create_table(
        "nonces",
        sa.Column("proxy_id", sa.String(length=36), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=64), nullable=False),
        sa.Column("expires_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("proxy_id", "nonce"),
    )


def _proxies() -> None:
    op.create_table(
        "proxies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=88), nullable=False),
        sa.Column("registered_at", sa.String(20), nullable=False),
        sa.Column("installed_at", sa.String(20), nullable=False),
        sa.Column("consent_given_at", sa.String(20), nullable=False),
        sa.Column("daily_sync_time", sa.String(length=20), nullable=False),
        sa.Column("sync_window", sa.Integer(), nullable=False),
        sa.Column("poll_interval", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("former_instance_id", sa.String(length=36), nullable=True),
        sa.Column("last_heard_at", sa.String(20), nullable=False),
        sa.Column("next_contact_at", sa.String(20), nullable=False),
        sa.Column("last_poll_at", sa.String(20), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=True),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("last_receipt_id", sa.String(length=36), nullable=True),
        sa.Column("fleet_digest", sa.String(length=44), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("proxy_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("registered_at", sa.String(20), nullable=False),
        sa.Column("activated_at", sa.String(20), nullable=True),
        sa.Column("declined_at", sa.String(20), nullable=True),
        sa.Column("billed_until", sa.String(20), nullable=True),
        sa.Column("attention_at", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(
            ["proxy_id"],
            ["proxies.id"],
        ),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index("devices_needing_attention", "devices", ["proxy_id", "attention_at"], unique=False)


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
        ),
        sa.PrimaryKeyConstraint("email"),
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("issued_at", sa.String(20), nullable=False),
        sa.Column("read_not_before", sa.String(20), nullable=False),
        sa.Column("answer_by", sa.String(20), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("period_start", sa.String(20), nullable=False),
        sa.Column("period_end", sa.String(20), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.String(20), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("overdue_mailed_at", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["devices.serial"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("serial", "action", "period_end", "issued_at", name="one_request_per_period"),
    )
    op.create_index("commands_by_deadline", "commands", ["state", "answer_by"], unique=False)
    op.create_index("commands_of_a_device", "commands", ["serial", "state"], unique=False)


def _equipment() -> None:
    op.create_table(
        "equipment",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=254), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("anchor_day", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.email"],
        ),
        sa.PrimaryKeyConstraint("serial"),
    )


def _meters() -> None:
    op.create_table(
        "meters",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opening_value", sa.BigInteger(), nullable=False),
        sa.Column("opening_read_at", sa.String(20), nullable=False),
        sa.Column("last_value", sa.BigInteger(), nullable=False),
        sa.Column("last_read_at", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["devices.serial"],
        ),
        sa.PrimaryKeyConstraint("serial", "name"),
    )


def _supplies() -> None:
    op.create_table(
        "supplies",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["devices.serial"],
        ),
        sa.PrimaryKeyConstraint("serial", "position"),
    )


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("command_id", sa.String(length=36), nullable=False),
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("meter", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("previous_value", sa.BigInteger(), nullable=True),
        sa.Column("rollover_at", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.String(20), nullable=False),
        sa.Column("received_at", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["commands.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("command_id", "meter", name="one_value_per_request"),
    )
    op.create_index("bills_of_a_device", "bills", ["serial"], unique=False)
