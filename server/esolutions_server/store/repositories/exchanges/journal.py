"""Keep the journal of every exchange, and forget what strangers left in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, delete, func, insert, select

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.keyset import keyset
from esolutions_server.store.schema import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection, Row

    from esolutions_server.store.repositories.records import JournalEntry

__all__ = ["JournalQuery", "newest", "page", "prune", "search", "write"]

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
# So many rows are in memory at most, where a query names no number.
_UNLIMITED = 1_000


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which exchanges are wanted; what is None wants all.

    Attributes:
        proxy_id: of this proxy, canonically.
        operation: by its name.
        outcome: as the journal has it.
        is_refused: those that got a fault, or those that did not.
        since: from this time on.
        until: before this time.
        numbers: of these alone.
        after: with a higher number.
        before: with a lower number.
        newest_first: in which order they come.
        limit: how many at most; None for 1,000.
    """

    proxy_id: str | None = None
    operation: str | None = None
    outcome: str | None = None
    is_refused: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    numbers: Collection[int] | None = None
    after: int | None = None
    before: int | None = None
    newest_first: bool = False
    limit: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return it as conditions on rows. Bounded by the fields of the query."""
        columns = journal.c
        wanted: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
            (self.proxy_id, columns.proxy_id.__eq__),
            (self.operation, columns.operation.__eq__),
            (self.outcome, columns.outcome.__eq__),
            # A fault's code has a prefix, and nothing else has one.
            (self.is_refused, lambda is_refused: columns.outcome.contains(":") == is_refused),
            (self.since, columns.moment.__ge__),
            (self.until, columns.moment.__lt__),
            (self.numbers, columns.number.in_),
            (self.after, columns.number.__gt__),
            (self.before, columns.number.__lt__),
        ]
        return [condition(value) for value, condition in wanted if value is not None]


def write(connection: Connection, entry: JournalEntry) -> int | None:
    """Write down an exchange; return its number where the database tells it: SQLite does."""
    return _WRITE.insert(connection, entry._asdict())


def page(
    connection: Connection, *, since: datetime | None, proxy_id: str | None, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return so many exchanges whose numbers follow `after`: since a time, of one proxy or of all, oldest first."""
    query = keyset(select(journal), journal.c.number, after, limit)
    if since is not None:
        query = query.where(journal.c.moment >= since)
    if proxy_id is not None:
        query = query.where(journal.c.proxy_id == proxy_id)
    return connection.execute(query).all()


def search(connection: Connection, query: JournalQuery) -> Sequence[Row[Any]]:
    """Return the exchanges that a query wants. Bounded by its limit, 1,000 where it has none."""
    order = journal.c.number.desc() if query.newest_first else journal.c.number
    limit = _UNLIMITED if query.limit is None else query.limit
    return connection.execute(select(journal).where(*query.conditions()).order_by(order).limit(limit)).all()


def newest(connection: Connection) -> int:
    """Return the number of the newest exchange, 0 where there is none."""
    return connection.execute(select(func.max(journal.c.number))).scalar() or 0


def prune(connection: Connection, *, strangers_kept: int) -> None:
    """Forget the refusals of strangers but so many, the newest."""
    too_many = _FIRST_STRANGER_TOO_MANY.first(connection, {"kept": strangers_kept})
    if too_many is not None:
        _FORGET_STRANGERS.run(connection, {"newest_dropped": too_many[0]})
