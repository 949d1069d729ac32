"""A meter may have no value: it was ordered and could not be read. Requests keep what they ordered, and why not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "fourth"
down_revision = "third"
branch_labels = None
depends_on = None

_COUNTERS = ("opening_value", "last_value")
_TIMES = ("opening_read_at", "last_read_at")


def upgrade() -> None:
    """Let values be absent, and add the columns."""
    with op.batch_alter_table("meters") as meters:
        for name in _COUNTERS:
            meters.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
        for name in _TIMES:
            meters.alter_column(name, existing_type=sa.String(20), nullable=True)
    with op.batch_alter_table("bills") as bills:
        bills.alter_column("value", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("commands", sa.Column("ordered", sa.Text()))
    op.add_column("commands", sa.Column("reason", sa.String(200)))


def downgrade() -> None:
    """Take the columns away again, and with them the rows that an older version cannot hold."""
    op.execute(sa.text("DELETE FROM bills WHERE value IS NULL"))
    op.execute(sa.text("DELETE FROM meters WHERE opening_value IS NULL OR last_value IS NULL"))
    with op.batch_alter_table("commands") as commands:
        commands.drop_column("reason")
        commands.drop_column("ordered")
    with op.batch_alter_table("bills") as bills:
        bills.alter_column("value", existing_type=sa.BigInteger(), nullable=False)
    with op.batch_alter_table("meters") as meters:
        for name in _COUNTERS:
            meters.alter_column(name, existing_type=sa.BigInteger(), nullable=False)
        for name in _TIMES:
            meters.alter_column(name, existing_type=sa.String(20), nullable=False)
