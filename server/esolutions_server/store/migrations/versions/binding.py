"""A proxy whose nonces bind their bodies is remembered as one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "binding"
down_revision = "fourth"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is known already may go on as it did."""
    op.add_column("proxies", sa.Column("binds_body", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("proxies", "binds_body")
