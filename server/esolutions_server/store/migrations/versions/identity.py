"""Serial numbers and GUIDs are kept in their canonical forms, and serial numbers as their proxies spell them beside.

Two rows that turn out to be one thing are both kept: see `esolutions_server.store.migrations.unification`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esolutions_server.store.migrations.unification import unify

revision = "identity"
down_revision = "binding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and bring what is there into its canonical form."""
    op.add_column("devices", sa.Column("spelled", sa.String(32), nullable=False, server_default=""))
    op.add_column("devices", sa.Column("same_as", sa.String(32)))
    op.execute(sa.text("UPDATE devices SET spelled = serial"))
    unify(op.get_bind())


def downgrade() -> None:
    """Take the columns away again; an older version goes on with canonical forms."""
    op.drop_column("devices", "same_as")
    op.drop_column("devices", "spelled")
