"""Keyset paging: a page begins after the key of the last row of the one before, and reads nothing else.

Markus Winand, "We need tool support for keyset pagination" (use-the-index-luke.com): an OFFSET reads what it skips.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.sql import ColumnElement

__all__ = ["each_of", "keyset"]

# So many rows are in memory at a time, however large the table.
_BATCH = 500

Record = TypeVar("Record")


def keyset(query: Select[Any], key: ColumnElement[Any], after: object, limit: int) -> Select[Any]:
    """Return the query of one page of rows.

    Args:
        query: the rows, in no order yet.
        key: a unique column that an index leads with; its order is that of the rows.
        after: the key of the last row of the page before; None begins with the first page.
        limit: at most so many rows.
    """
    if after is not None:
        query = query.where(key > after)
    return query.order_by(key).limit(limit)


def each_of(page: Callable[..., Sequence[Record]], key: Callable[[Record], object]) -> Iterator[Record]:
    """Yield every record there is inside one transaction, a batch at a time.

    Args:
        page: returns at most `limit` records from `after` on.
        key: what the next batch begins after, if this record is the last one.
    """
    after: object = None
    while records := page(after=after, limit=_BATCH):
        yield from records
        after = key(records[-1])
