"""Keep the journal of every exchange, and forget what strangers left in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, delete, insert, select

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.schema import journal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from esolutions_server.store.repositories.records import JournalEntry

__all__ = ["prune", "read", "write"]

_OF_STRANGERS = journal.c.proxy_id.is_(None)
_FIRST_STRANGER_TOO_MANY = Prepared(
    select(journal.c.number)
    .where(_OF_STRANGERS)
    .order_by(journal.c.number.desc())
    .offset(bindparam("kept", type_=Integer))
    .limit(1)
)
_FORGET_STRANGERS = Prepared(delete(journal).where(_OF_STRANGERS, journal.c.number <= bindparam("newest_dropped")))
_WRITE = Prepared(insert(journal))


def write(connection: Connection, entry: JournalEntry) -> int | None:
    """Write down an exchange; return its number where the database tells it: SQLite does."""
    return _WRITE.insert(connection, entry._asdict())


def read(
    connection: Connection,
    *,
    since: datetime | None = None,
    after_number: int = 0,
    limit: int | None = None,
    proxy_id: str | None = None,
) -> Sequence[Row[Any]]:
    """Return the exchanges since a time, of all proxies or of one, oldest first."""
    query = select(journal).where(journal.c.number > after_number).order_by(journal.c.number).limit(limit)
    if since is not None:
        query = query.where(journal.c.moment >= since)
    if proxy_id is not None:
        query = query.where(journal.c.proxy_id == proxy_id)
    return connection.execute(query).all()


def prune(connection: Connection, *, strangers_kept: int) -> None:
    """Forget the refusals of strangers but so many, the newest."""
    too_many = _FIRST_STRANGER_TOO_MANY.first(connection, {"kept": strangers_kept})
    if too_many is not None:
        _FORGET_STRANGERS.run(connection, {"newest_dropped": too_many[0]})
