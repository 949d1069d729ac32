"""How commits are made to last, and that no answer leaves before they do."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.store.engine import durability, sqlite
from esolutions_server.store.engine.database import open_store
from esolutions_server.store.engine.durability import LostWriteError, SharedFlush

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.support.world import World

PATIENCE_SECONDS = 10


def test_nothing_is_flushed_that_already_lasts() -> None:
    """One flush for any number of commits, and none where nothing was committed since."""
    flushes: list[None] = []
    shared = SharedFlush(lambda: flushes.append(None))
    shared.settle()
    shared.note()
    shared.note()
    shared.settle()
    shared.settle()
    assert len(flushes) == 1


def test_commits_made_while_the_disk_works_share_the_next_flush() -> None:
    """Five commits, the first alone and four while it is being flushed: two flushes."""
    working, finish = threading.Event(), threading.Event()
    flushes: list[None] = []

    def flush() -> None:
        flushes.append(None)
        working.set()
        assert finish.wait(PATIENCE_SECONDS)

    shared = SharedFlush(flush)
    shared.note()
    threads = [threading.Thread(target=shared.settle)]
    threads[0].start()
    assert working.wait(PATIENCE_SECONDS)
    for _ in range(4):
        shared.note()
        threads.append(threading.Thread(target=shared.settle))
        threads[-1].start()
    finish.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert len(flushes) == 2


def test_a_commit_made_during_a_flush_is_not_taken_for_flushed() -> None:
    """The flush may have begun before it was written."""
    flushes: list[None] = []

    def flush() -> None:
        flushes.append(None)
        if len(flushes) == 1:
            shared.note()

    shared = SharedFlush(flush)
    shared.note()
    shared.settle()
    shared.settle()
    assert len(flushes) == 2


def test_a_disk_that_failed_once_is_not_believed_again() -> None:
    """The pages of the failed flush may be gone although the next one succeeds."""
    outcomes: list[OSError | None] = [OSError("no such disk"), None]

    def flush() -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    shared = SharedFlush(flush)
    shared.note()
    for _ in range(2):
        with pytest.raises(LostWriteError, match="no such disk"):
            shared.settle()
    assert outcomes == [None]


def test_a_commit_is_flushed_before_the_transaction_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log beside the database is what is flushed; a failed transaction is no commit."""
    flushed: list[Path] = []
    monkeypatch.setattr(sqlite, "flush_file", flushed.append)
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    with store.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO settings VALUES ('a', 'b')")
        assert flushed == []
    assert flushed == [tmp_path / "server.sqlite-wal"]
    with pytest.raises(ZeroDivisionError), store.transaction():
        raise ZeroDivisionError
    store.settle()
    store.close()
    assert len(flushed) == 1


@pytest.mark.parametrize(("url", "synchronous"), [("sqlite://", "FULL"), ("sqlite:///{}/s.sqlite", "OFF")])
def test_what_need_not_last_is_not_flushed(url: str, synchronous: str, tmp_path: Path) -> None:
    """A database in memory has no disk, and OFF means off."""
    store = open_store(url.format(tmp_path), sqlite_synchronous=synchronous)
    with store.transaction() as connection:
        assert sqlite.shared_flush(connection, synchronous=synchronous) is None
    store.close()


def test_no_receipt_is_given_for_what_the_disk_may_not_have_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """The caller gets a fault without details, and will ask again."""

    def fail(_handle: int) -> None:
        raise OSError("the disk is gone")

    with open_server(f"sqlite:///{tmp_path / 'server.sqlite'}", now=world.clock, rng=random.Random(1)) as server:
        proxy = replace(world.proxy(), server=server)
        monkeypatch.setattr(durability, "_flush", fail)
        answer = proxy.send(proxy.register_payload())
        assert (answer.is_fault, answer.fault) == (True, "soap11env:Server")
        assert b"disk" not in answer.body
        assert [type(error) for error in server.wsgi.errors] == [LostWriteError]
