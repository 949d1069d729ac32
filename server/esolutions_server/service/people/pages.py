"""Pages of lists: rows in the order of a key, and the key after which the next page begins.

The key is of the row (keyset paging), so that a page costs the same wherever it is,
and rows that come or go between two pages make no other row come twice or be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["LARGEST_PAGE", "PAGE", "Page", "each_row", "read_page"]

# So many rows are on a page unless it is said otherwise, and at the most.
PAGE = 100
LARGEST_PAGE = 1_000

Record = TypeVar("Record")
Row = TypeVar("Row")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row, Key]):
    """Some rows of a list, in its order; `next_after` is what the next page begins after, None on the last one."""

    rows: tuple[Row, ...]
    next_after: Key | None


def read_page(
    fetch: Callable[[int], Sequence[Record]], limit: int, show: Callable[[Record], Row], key: Callable[[Row], Key]
) -> Page[Row, Key]:
    """Read a page of at most `limit` rows.

    Args:
        fetch: returns so many records of the store at most, from where the page begins.
        limit: from 1 to 1,000.
        show: what a record is to people.
        key: what the next page begins after, if this row is the last one.

    Raises:
        AdministrationError: no page can be of that size.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise AdministrationError(f"a page has 1 to {LARGEST_PAGE:,} rows, not {limit:,}")
    # One more than is shown says whether there is another page.
    records = fetch(limit + 1)
    rows = tuple(map(show, records[:limit]))
    return Page(rows, key(rows[-1]) if len(records) > limit else None)


def each_row(read: Callable[[Key | None, int], Page[Row, Key]]) -> Iterator[Row]:
    """Yield every row of a list, reading a page when it is needed; nothing is held in between."""
    after: Key | None = None
    while True:
        page = read(after, LARGEST_PAGE)
        yield from page.rows
        if page.next_after is None:
            return
        after = page.next_after
