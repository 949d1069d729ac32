"""Put a server together: store, service, SOAP, HTTP, over one database.

This is what runs in tests and scenarios without a socket, and what `serve`
puts behind one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from esolutions_server.domain.policy import Policy
from esolutions_server.service.errors import StartError
from esolutions_server.service.journal_reader import JournalReader
from esolutions_server.service.maintenance import Maintenance
from esolutions_server.service.people.administration import Administration
from esolutions_server.service.policy_in_force import keep_clock, keep_testbed_time, put_into_force, terms_of
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store.engine.database import open_store
from esolutions_server.store.engine.errors import StoreError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from esolutions_server.domain.testbed_time import ClockState
    from esolutions_server.http.application import HttpApplication
    from esolutions_server.service.policy_in_force import Terms
    from esolutions_server.soap.checking.report import CheckReport
    from esolutions_server.store.engine.database import Store

__all__ = ["ReferenceServer", "open_server", "stored_terms"]

DEFAULT_POLICY = Policy()


class ReferenceServer:
    """A Communication Server over an open store.

    Attributes:
        administration: what people at the operator's, and account holders, do.
        journal: what the server saw.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        rng: random.Random,
        policy: Policy,
        allow_gzip: bool,
        is_testbed: bool = False,
        observes_changes: bool = False,
        is_strict: bool = False,
        allowed_hosts: Iterable[str] = (),
    ) -> None:
        self._store = store
        self._now = now
        self._rng = rng
        self._policy = policy
        self._due_work = Maintenance(store, now=now, rng=rng, policy=policy)
        self.administration = Administration(store, now=now, rng=rng, policy=policy)
        self.journal = JournalReader(store)
        self._observes_changes, self._is_strict = observes_changes, is_strict
        self._is_testbed, self._allow_gzip, self._allowed_hosts = is_testbed, allow_gzip, tuple(allowed_hosts)

    @cached_property
    def wsgi(self) -> HttpApplication:
        """The WSGI application, made when it is asked for: what an operator does takes no SOAP, and no time for it."""
        from esolutions_server.http.application import PATH, HttpApplication
        from esolutions_server.service.exchanges.proxy_service import ProxyService
        from esolutions_server.soap.endpoint import Endpoint

        service = ProxyService(
            self._store,
            now=self._now,
            rng=self._rng,
            policy=self._policy,
            observes_changes=self._observes_changes,
            is_strict=self._is_strict,
        )
        return HttpApplication(
            Endpoint(service, is_frank=self._is_testbed),
            now=self._now,
            public_url=f"https://localhost{PATH}",
            allow_gzip=self._allow_gzip,
            allowed_hosts=self._allowed_hosts,
        )

    def check(self, document: bytes, charset: str | None, secret: str | None) -> CheckReport:
        """Return how a message stands to every rule that needs no look into the database, now and on these terms."""
        from esolutions_server.soap.checking.check import check_message
        from esolutions_server.soap.checking.credentials import Evidence

        return check_message(document, Evidence(secret, self._now(), self._policy.freshness), charset)

    def run_due_work(self) -> None:
        """Do what has fallen due: billing requests, overdue mail, automatic sign-up, pruning."""
        self._due_work.run()

    def keep_clock(self, clock: str | None) -> None:
        """Tell commands on the same database which virtual clock file the server goes by, or that it uses none."""
        with self._store.transaction() as connection:
            keep_clock(connection, clock)

    def next_due(self) -> datetime | None:
        """Return when something falls due next, after now."""
        return self._due_work.next_due()

    def keep_testbed_time(self, setting: ClockState) -> None:
        """Tell commands on the same database, and the next start, how the clock of this testbed is set."""
        with self._store.transaction() as connection:
            keep_testbed_time(connection, setting)

    def copy_to(self, file: Path) -> None:
        """Copy the database into a file that is its owner's alone.

        Raises:
            StoreError: it is no SQLite database, or the file cannot be written.
        """
        self._store.copy_to(file)

    def replace_with(self, file: Path | None) -> ClockState | None:
        """Put what a copy holds in the place of everything, on the terms of this server; None leaves nothing.

        Return how the clock of the testbed was set of which the copy is.

        Raises:
            StoreError: it is no SQLite database, or the file is no copy of one of ours.
        """
        with self._store.transaction() as connection:
            clock = terms_of(connection).clock
        self._store.replace_with(file)
        with self._store.transaction() as connection:
            copied = terms_of(connection).testbed_time
            keep_clock(connection, clock)
            put_into_force(UnitOfWork(connection, self._now().replace(microsecond=0), self._rng, self._policy))
        return copied

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def stored_terms(database_url: str, *, may_be_new: bool = True) -> Terms:
    """Return the terms of the server that used the database last.

    Raises:
        StartError: the database cannot be used; or is not there, if it may not be new.
    """
    store = _opened(database_url, may_be_new=may_be_new)
    try:
        with store.transaction() as connection:
            return terms_of(connection)
    finally:
        store.close()


def open_server(
    database_url: str,
    *,
    now: Callable[[], datetime],
    rng: random.Random,
    policy: Policy = DEFAULT_POLICY,
    sqlite_synchronous: str = "FULL",
    allow_gzip: bool = False,
    is_testbed: bool = False,
    observes_changes: bool = False,
    is_strict: bool = False,
    allowed_hosts: Iterable[str] = (),
) -> ReferenceServer:
    """Open a server over the database at `database_url`.

    Args:
        database_url: in SQLAlchemy's form; `sqlite://` alone is a database in memory.
        now: the clock, as aware UTC.
        rng: where GUIDs come from.
        policy: the terms on which the server runs.
        sqlite_synchronous: SQLite's setting of that name.
        allow_gzip: whether answers are compressed for callers that accept it.
        is_testbed: whether strangers are told why they are not authenticated.
        observes_changes: whether each exchange says what it changed, to an observer of the WSGI application.
        is_strict: whether what is only suspicious about a message is refused, too.
        allowed_hosts: names by which callers may come, for the address in the WSDL.

    Raises:
        StartError: the database cannot be used.
    """
    store = _opened(database_url, sqlite_synchronous)
    with store.transaction() as connection:
        put_into_force(UnitOfWork(connection, now().replace(microsecond=0), rng, policy))
    return ReferenceServer(
        store,
        now=now,
        rng=rng,
        policy=policy,
        allow_gzip=allow_gzip,
        is_testbed=is_testbed,
        observes_changes=observes_changes,
        is_strict=is_strict,
        allowed_hosts=allowed_hosts,
    )


def _opened(database_url: str, sqlite_synchronous: str = "FULL", *, may_be_new: bool = True) -> Store:
    try:
        return open_store(database_url, sqlite_synchronous=sqlite_synchronous, may_be_new=may_be_new)
    except StoreError as error:
        raise StartError(str(error)) from error
