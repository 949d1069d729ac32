"""How long messages waited, what transactions said, and when devices were found and turned on is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "readers"
down_revision = "identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of what is known already they say nothing."""
    op.add_column("devices", sa.Column("detected_at", sa.String(20)))
    op.add_column("devices", sa.Column("turned_on_at", sa.String(20)))
    op.add_column("messages", sa.Column("transaction_id", sa.String(36)))
    op.add_column("messages", sa.Column("content", sa.LargeBinary()))
    op.add_column("journal", sa.Column("waited", sa.BigInteger()))
    op.create_index("messages_by_transaction", "messages", ["proxy_id", "transaction_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("messages_by_transaction", "messages")
    op.drop_column("journal", "waited")
    op.drop_column("messages", "content")
    op.drop_column("messages", "transaction_id")
    op.drop_column("devices", "turned_on_at")
    op.drop_column("devices", "detected_at")
