"""Callers whose changes are committed together: each gets what it would have got alone."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from esolutions_server.store.engine import sqlite
from esolutions_server.store.engine.database import Store, open_store
from esolutions_server.store.engine.errors import StoreUnavailableError
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CALLERS, _MESSAGES = 8, 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "server.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A database whose commits last."""
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


def _keep(store: Store, name: str) -> None:
    """Change something, and do not wait."""
    with store.transaction(lasting=False) as connection:
        connection.exec_driver_sql("INSERT INTO settings VALUES (?, 'x')", (name,))


def _fail(store: Store, name: str) -> None:
    """Change something, and take it back."""
    with suppress(ZeroDivisionError), store.transaction(lasting=False) as connection:
        connection.exec_driver_sql("INSERT INTO settings VALUES (?, 'x')", (name,))
        raise ZeroDivisionError


def _kept(path: Path) -> set[str]:
    """Return what another program sees."""
    with closing(sqlite3.connect(path)) as other:
        return {name for (name,) in other.execute("SELECT name FROM settings")}


def _is_free(path: Path) -> bool:
    """Whether another program may write."""
    with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def _commits(store: Store) -> list[str]:
    """Return a list that grows with each commit."""
    commits: list[str] = []
    driver = store._connection.connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    return commits


def test_what_is_settled_together_is_committed_and_flushed_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else sees it before, and everybody after."""
    flushes: list[Path] = []
    monkeypatch.setattr(sqlite, "flush_file", flushes.append)
    store = open_store(f"sqlite:///{path}")
    commits = _commits(store)
    _keep(store, "a")
    _keep(store, "b")
    assert (len(commits), len(flushes), _kept(path) & {"a", "b"}) == (0, 0, set())
    store.settle()
    store.settle()
    assert (len(commits), len(flushes), _kept(path) & {"a", "b"}) == (1, 1, {"a", "b"})
    store.close()


def test_what_one_takes_back_leaves_what_others_have_done(store: Store, path: Path) -> None:
    """Before it and after it."""
    _keep(store, "before")
    _fail(store, "between")
    _keep(store, "after")
    store.settle()
    assert _kept(path) == {"before", "after"}


@pytest.mark.parametrize("is_failing", [True, False])
def test_who_changes_nothing_keeps_nobody_out_and_waits_for_no_disk(
    is_failing: bool,  # noqa: FBT001 - a parameter of the test
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not even have to settle."""
    flushes: list[Path] = []
    monkeypatch.setattr(sqlite, "flush_file", flushes.append)
    store = open_store(f"sqlite:///{path}")
    if is_failing:
        _fail(store, "a")
    else:
        with store.transaction(lasting=False) as connection:
            connection.exec_driver_sql("SELECT * FROM settings").all()
    assert _is_free(path)
    store.settle()
    assert flushes == []
    store.close()


def test_who_reads_what_is_not_committed_waits_for_it(store: Store, path: Path) -> None:
    """What is told of it must not be lost afterwards."""
    _keep(store, "a")
    assert not _is_free(path)
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT name FROM settings").all() == [("a",)]
    assert _kept(path) == {"a"}
    assert _is_free(path)


def test_a_commit_that_fails_is_told_to_each_of_those_who_wait_for_it(store: Store, path: Path) -> None:
    """Not to those who come afterwards, whose changes are kept."""
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        first.submit(_keep, store, "a").result()
        second.submit(_keep, store, "b").result()
        with store.transaction(lasting=False) as connection:
            # A row that refers to nothing is found out at the commit.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("CREATE TABLE child (parent TEXT REFERENCES settings (name))")
            connection.exec_driver_sql("INSERT INTO child VALUES ('nobody')")
        for caller in (first, second):
            with pytest.raises(StoreUnavailableError):
                caller.submit(store.settle).result()
    with pytest.raises(StoreUnavailableError):
        store.settle()
    _keep(store, "c")
    store.settle()
    assert _kept(path) == {"c"}


def test_a_transaction_that_the_database_gives_up_is_told_to_each_of_its_members(store: Store, path: Path) -> None:
    """As on a full disk: SQLite then rolls back the whole, not the one statement."""
    with ThreadPoolExecutor(1) as other:
        other.submit(_keep, store, "a").result()
        with suppress(ZeroDivisionError), store.transaction(lasting=False) as connection:
            connection.exec_driver_sql("ROLLBACK")
            raise ZeroDivisionError
        _keep(store, "b")
        store.settle()
        with pytest.raises(StoreUnavailableError):
            other.submit(store.settle).result()
    assert _kept(path) == {"b"}


def test_everything_is_replaced_beside_changes_that_nobody_has_settled_yet(store: Store, path: Path) -> None:
    """They came before, and are replaced with all else; those that come afterwards are kept."""
    _keep(store, "before")
    store.replace_with(None)
    assert "before" not in _kept(path)
    assert _is_free(path)
    _keep(store, "after")
    store.settle()
    assert "after" in _kept(path)


def test_many_callers_at_once_lose_and_leave_nothing(store: Store, path: Path) -> None:
    """What was settled another program sees from that moment on; what was taken back nobody sees."""
    missing: list[str] = []

    def call(caller: int) -> None:
        for number in range(_MESSAGES):
            name = f"{caller}/{number}"
            (_fail if (caller + number) % 5 == 0 else _keep)(store, name)
            store.settle()
            if (name in _kept(path)) is ((caller + number) % 5 == 0):
                missing.append(name)

    with ThreadPoolExecutor(_CALLERS) as callers:
        list(callers.map(call, range(_CALLERS)))
    assert missing == []
    names = some(_kept(path))
    assert len(names) == sum((caller + n) % 5 != 0 for caller in range(_CALLERS) for n in range(_MESSAGES))
