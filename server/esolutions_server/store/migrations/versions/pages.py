"""What is listed page by page has an index in the order of its pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "pages"
down_revision = "readers"
branch_labels = None
depends_on = None

_NOT_ACCEPTED = sa.text("outcome <> 'Accepted'")


def upgrade() -> None:
    """Make the indices."""
    op.create_index("commands_by_period", "commands", ["period_end", "serial", "issued_at", "id"])
    op.create_index("bills_not_accepted", "bills", ["id"], sqlite_where=_NOT_ACCEPTED, postgresql_where=_NOT_ACCEPTED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("bills_not_accepted", "bills")
    op.drop_index("commands_by_period", "commands")
