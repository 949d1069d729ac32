"""Find and keep proxies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.keyset import keyset
from esolutions_server.store.repositories.records import ProxyRecord
from esolutions_server.store.schema import proxies

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["add", "find", "page", "set_values"]

_FIND = Prepared(select(proxies).where(proxies.c.id == bindparam("proxy_id")))
_UPDATE = Prepared(update(proxies).where(proxies.c.id == bindparam("_id")))


def find(connection: Connection, proxy_id: str) -> ProxyRecord | None:
    """Return the proxy of that id."""
    row = _FIND.first(connection, {"proxy_id": proxy_id})
    return None if row is None else ProxyRecord(*row)


def page(connection: Connection, *, after: str | None, limit: int) -> list[ProxyRecord]:
    """Return so many proxies, those whose ids follow `after`, by id."""
    return [ProxyRecord(*row) for row in connection.execute(keyset(select(proxies), proxies.c.id, after, limit))]


def add(connection: Connection, proxy: ProxyRecord) -> None:
    """Keep a new proxy."""
    connection.execute(insert(proxies), proxy._asdict())


def set_values(connection: Connection, proxy_id: str, values: dict[str, Any]) -> None:
    """Change columns of a proxy."""
    _UPDATE.run(connection, {**values, "_id": proxy_id})
