"""What was committed is there, what was not never happened, and only one program works at a time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import StoreError, UsageError
from esolutions_client.store.database.schema import STEPS
from esolutions_client.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

# Commits one message, then writes another and says so in the middle of the transaction.
DYING = """
import sys, signal
from datetime import UTC, datetime
from pathlib import Path
from esolutions_client.store.store import Store

store = Store(Path(sys.argv[1]))
moment = datetime(2026, 3, 1, tzinfo=UTC)
with store.exclusive():
    with store.transaction():
        store.outbox.put("first", "SyncProxy", moment, "{}")
    with store.transaction():
        store.settings.proxy_id = "half a change"
        for number in range(5000):
            store.outbox.put(f"half {number}", "SyncProxy", moment, "x" * 1000)
        print("writing", flush=True)
        signal.pause()
"""


@pytest.fixture
def dying(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program in the middle of a transaction, too large for SQLite's cache."""
    with subprocess.Popen([sys.executable, "-c", DYING, str(path)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            yield process
        finally:
            process.kill()


@pytest.mark.wire
def test_a_program_killed_in_a_transaction_leaves_the_store_whole(dying: subprocess.Popen[str], path: Path) -> None:
    """What it had committed is there, nothing of what it had not, and its lock is gone with it."""
    dying.kill()
    dying.wait()
    store = Store(path)
    with closing(store), store.exclusive():
        first = store.outbox.first()
        assert first is not None
        assert first.message_id == "first"
        assert store.outbox.waiting() == 1
        assert store.settings.proxy_id is None
        with store.transaction():
            store.outbox.acknowledge("first", "receipt")
        assert store.outbox.waiting() == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.wire
def test_only_one_program_works_on_a_store(dying: subprocess.Popen[str], path: Path) -> None:
    """The second is told what to do; looking is always possible."""
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    second = Store.__new__(Store)
    second.path = path
    with pytest.raises(UsageError, match="another esolutions-client is at work"), second.exclusive():
        pytest.fail("the lock was given twice")


def test_a_transaction_that_raises_changes_nothing(store: Store) -> None:
    """Whatever the error, an interrupt included."""
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error):
            _change_and_raise(store, error)
        assert store.settings.last_result is None


def _change_and_raise(store: Store, error: type[BaseException]) -> None:
    with store.transaction():
        store.settings.last_result = "value"
        raise error


def test_a_full_disk_is_said_and_changes_nothing(store: Store, moment: datetime) -> None:
    """The page limit of SQLite stands for the disk: StoreError, everything as it was, and going on later works."""
    with store.transaction():
        store.outbox.put("first", "SyncProxy", moment, "{}")
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        _put_much(store, moment)
    assert store.settings.last_result is None
    assert store.outbox.waiting() == 1
    store._connection.execute("PRAGMA max_page_count = 1000000")
    _put_much(store, moment)
    assert store.outbox.waiting() == 2


def _put_much(store: Store, moment: datetime) -> None:
    with store.transaction():
        store.settings.last_result = "value"
        store.outbox.put("second", "SyncProxy", moment, "x" * 100_000)


def test_a_full_disk_is_said_outside_a_transaction_too(store: Store) -> None:
    """A single statement is as good as a transaction."""
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        store.settings.last_result = "x" * 100_000
    assert store.settings.last_result is None


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    """It names both versions and says what to install; not a byte is changed."""
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"schema {len(STEPS) + 1}, this program knows {len(STEPS)}"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database, but a letter to the reader. " * 50, b"SQLite format 3\x00" + b"\x00" * 4096]
)
def test_a_file_that_is_no_store_is_left_alone(path: Path, content: bytes) -> None:
    """It is another user's, or damaged: StoreError names it."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"client\.sqlite"):
        Store(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "data" / "client.sqlite")


def test_nobody_else_can_read_the_store(store: Store) -> None:
    """It holds the proxy's secret and the printers' communities."""
    assert store.path.stat().st_mode & 0o077 == 0
    assert store.path.parent.stat().st_mode & 0o077 == 0


def test_commits_are_on_disk_when_they_return(store: Store) -> None:
    """WAL with synchronous FULL: not a setting to lose by accident."""
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_same_store_is_upgraded_once(path: Path, moment: datetime) -> None:
    """Opening it again finds everything where it was."""
    store = Store(path)
    with store.transaction():
        store.note(moment, "kind", "text", "ABC123456")
    store.close()
    again = Store(path)
    assert again.events() == [(moment.isoformat(), "kind", "ABC123456", "text")]
    again.close()


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_store_that_was_there_and_is_not_is_no_new_installation(path: Path, *, is_empty: bool) -> None:
    """It is said which file is missing and what to do, nothing is made in its place, and a backup copy is taken."""
    store = Store(path)
    store.settings.proxy_id = "known to the server"
    store.close()
    backup = path.read_bytes()
    path.unlink()
    if is_empty:
        path.touch()
    with pytest.raises(StoreError, match=r"client\.sqlite is (gone|empty).* backup copy.* delete .*client\.marker"):
        Store(path)
    assert path.exists() == is_empty
    path.write_bytes(backup)
    with closing(Store(path)) as restored:
        assert restored.settings.proxy_id == "known to the server"


def test_a_store_that_lost_its_tables_is_no_new_installation(path: Path) -> None:
    """SQLite finds nothing wrong with a database that holds nothing."""
    Store(path).close()
    path.unlink()
    with closing(sqlite3.connect(path)) as emptied:
        emptied.execute("PRAGMA journal_mode = WAL")
        emptied.execute("VACUUM")
    with pytest.raises(StoreError, match=r"client\.sqlite is empty"):
        Store(path)


def test_a_person_can_begin_anew(path: Path) -> None:
    """By deleting the file that the message names, and by nothing that happens by itself."""
    Store(path).close()
    for left in path.parent.glob("client.sqlite*"):
        left.unlink()
    path.with_suffix(".marker").unlink()
    with closing(Store(path)) as anew:
        assert anew.settings.proxy_id is None


@pytest.mark.parametrize("size", [0, 1])
def test_a_store_whose_making_was_cut_short_is_made_again(path: Path, size: int) -> None:
    """A machine that died before the tables were committed had no store yet."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as begun:
        if size:
            begun.execute("PRAGMA journal_mode = WAL")
    with closing(Store(path)) as store:
        assert store.devices.all() == []


def test_a_row_that_cannot_be_decoded_names_file_table_and_remedy(store: Store, moment: datetime) -> None:
    """A moment of half its length is no moment; the reader of the message knows what to restore."""
    with store.transaction():
        store.outbox.put("first", "SyncProxy", moment, "{}")
    store._connection.execute("UPDATE outbox SET composed_at = '2026-03-'")
    with pytest.raises(StoreError, match=r"client\.sqlite is damaged: a row of its table outbox .* backup copy"):
        store.outbox.first()
    store._connection.execute("UPDATE outbox SET body = CAST(x'ff00fe' AS TEXT)")
    with pytest.raises(StoreError, match=r"client\.sqlite is damaged"):
        store.outbox.all_waiting()
