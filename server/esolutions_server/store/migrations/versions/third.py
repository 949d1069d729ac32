"""What falls due every minute is found by an index, however much there is."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "third"
down_revision = "second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    of_a_stranger = text("proxy_id IS NULL")
    op.create_index("devices_by_attention", "devices", ["attention_at"])
    op.create_index("messages_by_age", "messages", ["answered_at"])
    op.create_index(
        "journal_of_strangers", "journal", ["number"], sqlite_where=of_a_stranger, postgresql_where=of_a_stranger
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("journal_of_strangers", "journal")
    op.drop_index("messages_by_age", "messages")
    op.drop_index("devices_by_attention", "devices")
