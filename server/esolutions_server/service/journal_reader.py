"""Read the journal for those who look at a server from outside, and what they must not be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esolutions_server.service.people.pages import LARGEST_PAGE
from esolutions_server.service.people.presentation.views import ExchangeView
from esolutions_server.store.repositories import proxies
from esolutions_server.store.repositories.exchanges import journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.store.engine.database import Store
    from esolutions_server.store.repositories.exchanges.journal import JournalQuery

__all__ = ["JournalReader"]


class JournalReader:
    """The journal of a store.

    Raises, in every method:
        StoreUnavailableError: the database cannot be used at the moment.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, query: JournalQuery) -> list[ExchangeView]:
        """Return the exchanges that a query wants. Bounded by its limit, 1,000 where it has none."""
        with self._store.transaction() as connection:
            return [ExchangeView(**row._asdict()) for row in journal.search(connection, query)]

    def every(self, query: JournalQuery) -> Iterator[ExchangeView]:
        """Yield all exchanges that a query wants, oldest first, reading a page when it is needed."""
        while True:
            page = self.search(replace(query, newest_first=False, limit=LARGEST_PAGE))
            yield from page
            if len(page) < LARGEST_PAGE:
                return
            query = replace(query, after=page[-1].number)

    def last(self, query: JournalQuery, count: int) -> list[ExchangeView]:
        """Return the newest exchanges that a query wants, the newest last. Bounded by `count`."""
        return self.search(replace(query, newest_first=True, limit=count))[::-1]

    def newest(self) -> int:
        """Return the number of the newest exchange, 0 where there is none."""
        with self._store.transaction() as connection:
            return journal.newest(connection)

    def secret_of(self, proxy_id: str) -> str | None:
        """Return the secret of a proxy, to keep it from being shown; None where there is no such proxy."""
        with self._store.transaction() as connection:
            proxy = proxies.find(connection, proxy_id)
        return None if proxy is None else proxy.secret
