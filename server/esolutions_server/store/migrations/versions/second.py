"""The journal is read by moment: `journal --since` no longer looks at all of it."""

from __future__ import annotations

from alembic import op

revision = "second"
down_revision = "first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("journal_by_moment", "journal", ["moment"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("journal_by_moment", "journal")
