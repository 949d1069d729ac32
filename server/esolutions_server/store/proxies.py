"""Find and keep proxies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from esolutions_server.store.records import ProxyRecord
from esolutions_server.store.schema import proxies

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["add", "every", "find", "set_values"]

_FIND = select(proxies).where(proxies.c.id == bindparam("proxy_id"))
_EVERY = select(proxies).order_by(proxies.c.id)


def find(connection: Connection, proxy_id: str) -> ProxyRecord | None:
    """Return the proxy of that id."""
    row = connection.execute(_FIND, {"proxy_id": proxy_id}).first()
    return None if row is None else ProxyRecord(*row)


def every(connection: Connection) -> list[ProxyRecord]:
    """Return all proxies."""
    return [ProxyRecord(*row) for row in connection.execute(_EVERY)]


def add(connection: Connection, proxy: ProxyRecord) -> None:
    """Keep a new proxy."""
    connection.execute(insert(proxies), asdict(proxy))


def set_values(connection: Connection, proxy_id: str, values: dict[str, Any]) -> None:
    """Change columns of a proxy."""
    connection.execute(_UPDATE, {"_id": proxy_id, **values})


_UPDATE = update(proxies).where(proxies.c.id == bindparam("_id"))
