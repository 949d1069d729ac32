"""All servers of a testbed by the names that stand in their URLs, each with its own clock, accounts and journal."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

from esolutions_server.http.application import PATH
from esolutions_server.service.errors import AdministrationError
from esolutions_server.store.engine.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_server.testbed.namespace import Namespace

__all__ = ["MOST_NAMESPACES", "PREFIX", "Instrument", "NoSuchNamespaceError"]

log = logging.getLogger(__name__)

MOST_NAMESPACES = 64
# What stands before the name of a namespace in its URLs.
PREFIX = "/ns/"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class NoSuchNamespaceError(LookupError):
    """There is no namespace of that name."""


class Instrument:
    """The service object of a testbed: every command, the admin API and the page work through it.

    Attributes:
        default: the namespace without a prefix.
    """

    def __init__(
        self, default: Namespace, open_namespace: Callable[[str], Namespace], leave: Callable[[], None]
    ) -> None:
        """Begin with one namespace.

        Args:
            default: the one without a prefix.
            open_namespace: opens an empty one under a name.
            leave: is called when all are closed.
        """
        self.default = default
        self._open = open_namespace
        self._leave = leave
        self._lock = threading.Lock()
        self._others: dict[str, Namespace] = {}
        self._url = ""

    def publish(self, url: str) -> None:
        """Say where the SOAP service of the default namespace is; the others are beside it."""
        self._url = url
        for namespace in self.namespaces():
            namespace.publish(self.url_of(namespace.name))

    def url_of(self, name: str) -> str:
        """Return where the SOAP service of a namespace is."""
        return f"{self._url.removesuffix(PATH)}{PREFIX}{name}{PATH}" if name else self._url

    def namespace(self, name: str) -> Namespace:
        """Return the namespace of that name; the empty name is the default.

        Raises:
            NoSuchNamespaceError: there is none.
        """
        if not name:
            return self.default
        try:
            return self._others[name]
        except KeyError:
            raise NoSuchNamespaceError(f"there is no namespace {name!r}: make it first") from None

    def names(self) -> tuple[str, ...]:
        """Return the names of all namespaces but the default one."""
        return tuple(sorted(self._others))

    def add(self, name: str) -> Namespace:
        """Make an empty namespace; one that is there stays as it is.

        Raises:
            AdministrationError: that can be no name, or there are too many.
        """
        with self._lock:
            return self._others[name] if name in self._others else self._made(name)

    def fork(self, name: str, source: Namespace, snapshot: str | None = None) -> Namespace:
        """Make a namespace that begins where another one is, or was when a snapshot of it was taken.

        Raises:
            AdministrationError: there is one of that name, that can be no name, or there are too many.
            NoSuchSnapshotError: there is no such snapshot.
            StoreError: a copy cannot be written or read.
        """
        with self._lock:
            if name in self._others:
                raise AdministrationError(
                    f"there is a namespace {name!r} already: remove it first, or take another name"
                )
            file = None if snapshot is None else source.snapshots.file_of(snapshot)
            made = self._made(name)
            try:
                if file is not None:
                    made.restore(file)
                else:
                    with source.snapshots.scratch(name) as copy:
                        source.copy_to(copy)
                        made.restore(copy)
            except BaseException:
                self._others.pop(name).close()
                raise
            return made

    def _made(self, name: str) -> Namespace:
        if not _NAME.fullmatch(name):
            raise AdministrationError("the name of a namespace has 1 to 32 of a-z, 0-9 and -, and begins with no -")
        if len(self._others) >= MOST_NAMESPACES:
            raise AdministrationError(f"there are {MOST_NAMESPACES} namespaces: remove one first")
        made = self._open(name)
        made.publish(self.url_of(name))
        self._others[name] = made
        return made

    def remove(self, name: str) -> None:
        """Forget a namespace and all that is in it.

        Raises:
            NoSuchNamespaceError: there is none; the default one stays.
        """
        with self._lock:
            removed = self._others.pop(name, None)
            if removed is None:
                raise NoSuchNamespaceError(f"there is no namespace {name!r}")
            # Before there can be another one of that name, whose files would be taken away.
            removed.close()
            removed.snapshots.clear()

    def run_due_work(self) -> None:
        """Do what has fallen due in every namespace; one whose database is busy does not keep the others waiting."""
        for namespace in self.namespaces():
            try:
                namespace.run_due_work()
            except StoreUnavailableError:
                continue  # the store has said so, once
            except Exception:  # a testbed goes on serving while a disk is full
                log.exception("the chores were left undone")

    def let_go_of_callers(self) -> None:
        """Let everything that is held go on, and end all streams: no thread waits any more."""
        for namespace in self.namespaces():
            namespace.let_go_of_callers()

    def close(self) -> None:
        """Let go of every database."""
        for namespace in self.namespaces():
            namespace.close()
        self._leave()

    def namespaces(self) -> Iterator[Namespace]:
        """Yield all namespaces, the default one first."""
        yield self.default
        yield from tuple(self._others.values())
