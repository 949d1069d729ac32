"""Only billing transactions are in the index of transactions: the other messages have none to be found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "partial"
down_revision = "pages"
branch_labels = None
depends_on = None

_NAME, _COLUMNS = "messages_by_transaction", ["proxy_id", "transaction_id"]
_IS_TRANSACTION = sa.text("transaction_id IS NOT NULL")


def upgrade() -> None:
    """Make the index anew, without the messages that are no billing transactions."""
    op.drop_index(_NAME, "messages")
    op.create_index(_NAME, "messages", _COLUMNS, sqlite_where=_IS_TRANSACTION, postgresql_where=_IS_TRANSACTION)


def downgrade() -> None:
    """Make it anew with all messages."""
    op.drop_index(_NAME, "messages")
    op.create_index(_NAME, "messages", _COLUMNS)
