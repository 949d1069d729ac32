"""The journal of a namespace: search it by key, look at one exchange whole, follow it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from esolutions_server.store.repositories.exchanges.journal import JournalQuery
from esolutions_server.testbed.journal.messages import DEFAULT_BODIES, MessageRing
from esolutions_server.testbed.journal.recorder import Recorder
from esolutions_server.testbed.journal.validation import ContractCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.reference import ReferenceServer
    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.testbed.journal.messages import BodyLimit, KeptExchange

__all__ = ["Follower", "Journal", "NoSuchExchangeError", "Page", "WholeExchange"]

PAGE = 100
# How often a follower hears from a journal in which nothing happens: proxy servers give up after a minute.
SECONDS_BETWEEN_SIGNS = 15.0
# One for all namespaces: the contract is the same.
_CONTRACT = ContractCheck()


class NoSuchExchangeError(LookupError):
    """The journal has no exchange of that number."""


@dataclass(frozen=True, slots=True)
class WholeExchange:
    """An exchange: its row, and what is kept of it beside, None where it is too long ago or was not seen."""

    row: ExchangeView
    kept: KeptExchange | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some exchanges, and the number after or before which the next ones are; None where there are no more."""

    rows: tuple[ExchangeView, ...]
    next: int | None


class Journal:
    """What a namespace's server saw, and in full what it saw lately."""

    def __init__(self, server: ReferenceServer, limit: BodyLimit = DEFAULT_BODIES) -> None:
        """Observe a server from now on.

        Args:
            server: of a testbed.
            limit: how much of the bodies is kept.
        """
        self._server = server
        self._messages = MessageRing(limit)
        self._changed = threading.Condition()
        self._is_closed = False
        self._newest = server.journal.newest()
        server.wsgi.observer = Recorder(_CONTRACT, server.journal.secret_of, server.check, self._keep)

    def forget(self) -> None:
        """Forget what was kept beside the database, for that has become another one."""
        self._messages.clear()
        newest = self._server.journal.newest()
        with self._changed:
            self._newest = newest
            self._changed.notify_all()

    def search(self, query: JournalQuery, serial: str | None = None) -> Page:
        """Return the exchanges that a query wants, with the key of the next page.

        Args:
            query: with a limit, or `PAGE` at most.
            serial: only exchanges that name this device, canonically; of those of which the messages were seen.
        """
        limit = query.limit or PAGE
        if serial is not None:
            query = replace(query, numbers=self._messages.about(serial))
        rows = self._server.journal.search(replace(query, limit=limit + 1))
        shown = tuple(rows[:limit])
        return Page(shown, shown[-1].number if len(rows) > limit else None)

    def conversation(self, proxy_id: str, most: int) -> list[ExchangeView]:
        """Return the newest exchanges of a proxy, the oldest first, with those that were refused in its name.

        Of the latter, those that were seen.
        """
        own = self._server.journal.last(JournalQuery(proxy_id=proxy_id), most)
        named = self._server.journal.search(JournalQuery(numbers=self._messages.sent_by(proxy_id)[-most:]))
        by_number = {row.number: row for row in (*own, *named)}
        return [by_number[number] for number in sorted(by_number)][-most:]

    def exchange(self, number: int) -> WholeExchange:
        """Return an exchange whole.

        Raises:
            NoSuchExchangeError: there is none.
        """
        for row in self._server.journal.search(JournalQuery(numbers=(number,))):
            return WholeExchange(row, self._messages.find(number))
        raise NoSuchExchangeError(f"the journal has no exchange {number}")

    def every(self, query: JournalQuery, serial: str | None = None) -> Iterator[WholeExchange]:
        """Yield all that a query wants, oldest first, a page at a time."""
        at: int | None = query.after
        while True:
            page = self.search(replace(query, after=at, newest_first=False, limit=PAGE), serial)
            yield from (WholeExchange(row, self._messages.find(row.number)) for row in page.rows)
            if page.next is None:
                return
            at = page.next

    def follow(
        self,
        query: JournalQuery,
        serial: str | None = None,
        *,
        seconds_between_signs: float = SECONDS_BETWEEN_SIGNS,
    ) -> Follower:
        """Return an iterator over what a query wants as it comes, from `query.after` on, or from now on."""
        return Follower(self, query, serial, seconds_between_signs)

    def close(self) -> None:
        """End all that follow it."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _keep(self, exchange: KeptExchange) -> None:
        self._messages.add(exchange)
        with self._changed:
            self._newest = exchange.number
            self._changed.notify_all()

    @property
    def newest(self) -> int:
        """The number of the newest exchange that was seen."""
        return self._newest

    def wait(self, after: int, follower: Follower, seconds: float) -> bool:
        """Wait until there is something after a number, or some seconds; False where the follower or this is closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest != after or self._is_closed or follower.is_closed, timeout=seconds
            )
            return not (self._is_closed or follower.is_closed)

    def wake(self) -> None:
        """Let all that wait look again whether they are closed."""
        with self._changed:
            self._changed.notify_all()


class Follower:
    """Yields exchanges as they come: some at a time, and none as a sign of life; `close` is for any thread.

    Attributes:
        is_closed: whether no more is wanted.
    """

    def __init__(self, journal: Journal, query: JournalQuery, serial: str | None, seconds: float) -> None:
        self._journal = journal
        self._query = query
        self._serial = serial
        self._seconds = seconds
        self._at = journal.newest if query.after is None else query.after
        self.is_closed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[ExchangeView, ...]:
        """Return what has come, nothing after a while without.

        Raises:
            StopIteration: it is closed, or its server is.
        """
        if not self._journal.wait(self._at, self, self._seconds):
            raise StopIteration
        newest = self._journal.newest
        # A server that was put back has given higher numbers before.
        self._at = min(self._at, newest)
        page = self._journal.search(replace(self._query, after=self._at, newest_first=False, limit=PAGE), self._serial)
        self._at = newest if page.next is None else page.next
        return page.rows

    def close(self) -> None:
        """Want no more."""
        self.is_closed = True
        self._journal.wake()
