"""Run migrations on the connection that was handed in; Alembic executes this file."""

from __future__ import annotations

from alembic import context

from esolutions_server.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
