"""Keep what a running server and the commands beside it have to agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from esolutions_server.store.schema import settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["keep", "value_of"]


def value_of(connection: Connection, name: str) -> str | None:
    """Return a setting, or None where it was never made."""
    return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()


def keep(connection: Connection, name: str, value: str | None) -> None:
    """Make a setting, or with None forget it."""
    connection.execute(delete(settings).where(settings.c.name == name))
    if value is not None:
        connection.execute(insert(settings), {"name": name, "value": value})
