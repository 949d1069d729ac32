"""Copies of a whole database, made and put back while it is in use."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from esolutions_server.store.engine.database import open_store
from esolutions_server.store.engine.errors import StoreError
from esolutions_server.store.engine.upgrade import take_back
from esolutions_server.store.schema import accounts

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_server.store.engine.database import Store


def _names(store: Store) -> list[str]:
    with store.transaction() as connection:
        return list(connection.execute(select(accounts.c.name)).scalars())


def _add(store: Store, name: str) -> None:
    with store.transaction() as connection:
        connection.execute(insert(accounts), {"name": name, "key_user": "k@a.example"})


def test_what_another_program_reads_is_the_copy_or_what_was_before(tmp_path: Path) -> None:
    """Putting a copy back is one transaction of the database that is in use; its log stays as it is."""
    store, other = (open_store(f"sqlite:///{tmp_path / 'a.sqlite'}") for _ in range(2))
    _add(store, "Acme")
    store.copy_to(tmp_path / "copy")
    _add(store, "Beta")
    assert _names(other) == ["Acme", "Beta"]
    store.replace_with(tmp_path / "copy")
    assert _names(other) == ["Acme"]
    _add(other, "Gamma")
    assert _names(store) == ["Acme", "Gamma"]
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as reader:
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.replace_with(None)
    assert _names(other) == []
    store.close()
    other.close()


def test_a_copy_of_an_older_version_gets_the_newest_tables(tmp_path: Path) -> None:
    """As a database does that is opened."""
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with store.transaction() as connection:
        take_back(connection, "first")
    store.copy_to(tmp_path / "copy")
    store.close()
    newest = open_store("sqlite://")
    newest.replace_with(tmp_path / "copy")
    _add(newest, "Acme")
    with newest.transaction() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() != "first"
    newest.close()


@pytest.mark.parametrize(
    "script", ["", "CREATE TABLE alembic_version(version_num); INSERT INTO alembic_version VALUES('9999')"]
)
def test_what_is_no_copy_of_ours_is_refused_before_anything_is_lost(tmp_path: Path, script: str) -> None:
    """Another program's database, or one of a later version."""
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.executescript(f"CREATE TABLE x(y); {script}")
    store = open_store("sqlite://")
    _add(store, "Acme")
    with pytest.raises(StoreError, match="the copy"):
        store.replace_with(tmp_path / "other")
    assert _names(store) == ["Acme"]
    store.close()


def test_a_copy_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    """And nothing half written."""
    store = open_store("sqlite://")
    with pytest.raises(StoreError, match="cannot be written"):
        store.copy_to(tmp_path / "none" / "copy")
    store.close()
    assert not list(tmp_path.iterdir())


def test_databases_are_brought_up_to_date_side_by_side(tmp_path: Path) -> None:
    """Two namespaces of a testbed are restored at the same time, by two threads: what migrates has globals."""
    stores = [open_store("sqlite://") for _ in range(4)]
    stores[0].copy_to(tmp_path / "copy")
    with ThreadPoolExecutor(len(stores)) as threads:
        for _ in range(10):
            list(threads.map(lambda store: store.replace_with(tmp_path / "copy"), stores))
    for store in stores:
        _add(store, "Acme")
        store.close()
