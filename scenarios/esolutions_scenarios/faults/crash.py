"""A machine that dies at a commit: just before it, or just after.

`Crash` is no `Exception`, so that no handler of errors takes it for one. Unlike a
power cut it is seen on its way out: by every `finally`, and by the handlers of
`BaseException` that roll back a transaction, forget a cache or close a socket
and raise it again. None of them commits; what leaves no process at all a
chance is tested by killing one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from esolutions_client.store.store import Store
from esolutions_server.store.engine.database import Store as Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

__all__ = ["Crash", "CrashPoint", "CrashingDatabase", "CrashingStore", "SparedDatabase", "When"]

When = Literal["before", "after"]


class Crash(BaseException):
    """The power is gone."""


class CrashPoint:
    """Counts commits and dies at the one it was armed for."""

    def __init__(self) -> None:
        self._left = 0
        self._when: When = "before"
        self._is_spared = False

    @property
    def is_armed(self) -> bool:
        """Whether a crash is still to come."""
        return self._left > 0

    def arm(self, commits: int, when: When) -> None:
        """Die at the `commits`-th commit from now, before it or after it."""
        self._left = commits
        self._when = when

    def disarm(self) -> None:
        """Do not die after all."""
        self._left = 0

    @contextmanager
    def spared(self) -> Iterator[None]:
        """Count no commit inside: it is the story's own hand, not the machine's work."""
        self._is_spared = True
        try:
            yield
        finally:
            self._is_spared = False

    def reached(self, when: When) -> None:
        """Take note that a commit is about to be made, or was made.

        Raises:
            Crash: this is the one.
        """
        if self._left == 0 or when != self._when or self._is_spared:
            return
        self._left -= 1
        if self._left == 0:
            raise Crash


class CrashingStore(Store):
    """A client's store on a machine that may die."""

    def __init__(self, path: Path, *, synchronous: str, point: CrashPoint) -> None:
        self._point = point
        self._is_full = False
        super().__init__(path, synchronous=synchronous)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit as the store does, unless the machine dies first, or right after."""
        with super().transaction():
            yield
            self._point.reached("before")
        self._point.reached("after")

    def free_bytes(self) -> int:
        """Return how much room there is: none while the disk is full."""
        return 0 if self._is_full else super().free_bytes()

    def fill_disk(self) -> None:
        """Leave no room for another page: the next write that needs one fails as on a full disk."""
        self._is_full = True
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    def free_disk(self) -> None:
        """Make room again."""
        self._is_full = False
        self._connection.execute("PRAGMA max_page_count = 4294967294")


class CrashingDatabase(Database):
    """A server's database on a machine that may die."""

    def __init__(self, inner: Database, point: CrashPoint) -> None:
        self._inner = inner
        self._point = point

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[Connection]:
        """Commit as the database does, unless the machine dies first, or right after."""
        with self._inner.transaction(lasting=lasting) as connection:
            yield connection
            self._point.reached("before")
        self._point.reached("after")

    def settle(self) -> None:
        """Wait for the disk as the database does."""
        self._inner.settle()

    def close(self) -> None:
        """Close the database."""
        self._inner.close()


class SparedDatabase(CrashingDatabase):
    """The same database in the operator's hands: a machine that may die does not die of these commits."""

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[Connection]:
        """Commit as the database does, and count nothing."""
        with self._point.spared(), self._inner.transaction(lasting=lasting) as connection:
            yield connection
