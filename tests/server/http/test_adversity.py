"""A full disk, a lock, a lack of descriptors, strangers: a fault, a line, and everything comes right by itself."""

from __future__ import annotations

import encodings
import errno
import logging
import os
import random
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server import open_server
from esolutions_server.http.serving import RunningServer
from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.endpoint import MOST_OCTETS_OF_A_STRANGER
from esolutions_server.store.engine import sqlite
from esolutions_server.store.engine.database import open_store
from esolutions_server.store.engine.errors import StoreError
from esolutions_server.store.engine.urls import shown_url
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_server.reference import ReferenceServer
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World


@pytest.fixture
def server(tmp_path: Path, world: World) -> Iterator[ReferenceServer]:
    """Give a server over a file."""
    with open_server(f"sqlite:///{tmp_path / 'server.sqlite'}", now=world.clock, rng=random.Random(1)) as opened:
        yield opened


@pytest.fixture
def proxy(server: ReferenceServer, world: World) -> Proxy:
    """Give a proxy that this server knows."""
    made = replace(world.proxy(), server=server)
    made.register()
    return made


def _limit_pages(server: ReferenceServer, pages: int) -> None:
    with server._store.transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_full_disk_is_a_fault_and_a_line_and_passes(
    server: ReferenceServer, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """However many ask meanwhile: no traceback, nothing half done, and service again once there is room."""
    _limit_pages(server, 1)
    faults = []
    for _ in range(200):
        answer = proxy.send(proxy.devices_payload(["ABC123456"]))
        if answer.is_fault:
            faults.append(answer)
    assert faults
    assert {answer.fault for answer in faults} == {"soap11env:Server"}
    assert all(b"full" not in answer.body for answer in some(faults))
    _limit_pages(server, 1_000_000)
    assert not proxy.send(proxy.sync_payload()).is_fault
    assert [text.rpartition(": ")[2] for text in _told(caplog)] == [
        "database or disk is full",
        "the database can be used again",
    ]
    assert not any(record.exc_info for record in some(caplog.records))
    assert not server.wsgi.errors


def test_a_lack_of_descriptors_at_the_flush_passes(
    server: ReferenceServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed is not lost: the answer comes when the disk can be told, to the same message."""
    opened, refusals = os.open, iter([True, True])

    def poor(path: Any, flags: int, *more: Any) -> int:
        if str(path).endswith("-wal") and next(refusals, False):
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", poor)
    payload = proxy.sync_payload()
    assert [proxy.send(payload).is_fault for _ in range(3)] == [True, True, False]
    assert not server.wsgi.errors


def test_a_database_that_another_program_keeps_for_long_is_a_plain_error(
    server: ReferenceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a command beside the server, too: a sentence, no traceback."""
    assert list(server.administration.every.devices()) == []
    monkeypatch.setattr(sqlite, "SECONDS_TO_WAIT_FOR_A_LOCK", 0)
    other = sqlite3.connect(tmp_path / "server.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked"):
        open_store(f"sqlite:///{tmp_path}/server.sqlite")
    other.close()


def test_who_waits_for_a_lock_says_so(
    server: ReferenceServer,
    proxy: Proxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another program in the middle of a transaction: a line, then the answer."""
    other = sqlite3.connect(tmp_path / "server.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    warn = sqlite.log.warning

    def warn_and_end(*words: Any) -> None:
        warn(*words)
        other.close()

    monkeypatch.setattr(sqlite.log, "warning", warn_and_end)
    assert not proxy.send(proxy.sync_payload()).is_fault
    assert ["locked by another program" in text for text in _told(caplog)] == [True]


def test_what_a_stranger_writes_in_a_known_name_is_a_strangers(server: ReferenceServer, proxy: Proxy) -> None:
    """It belongs to no proxy in the journal, so that it is pruned; the note says whose name was used."""
    forged = replace(proxy, secret="x" * 88, fleet=set())
    for _ in range(3):
        assert forged.send(forged.sync_payload()).is_fault
    newest = list(server.administration.every.journal())[-3:]
    assert {row.proxy_id for row in newest} == {None}
    assert all(proxy.guid in row.note for row in some(newest))
    # What the proxy itself gets wrong is its own.
    used = proxy.new_id()
    proxy.send(proxy.sync_payload(used))
    assert proxy.send(proxy.devices_payload(["ABC123456"], message_id=used)).is_fault
    assert list(server.administration.every.journal())[-1].proxy_id == proxy.guid


def test_a_large_message_of_a_stranger_is_not_even_validated(
    server: ReferenceServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is looked at first: a wrong one, or an unknown name, costs no work on three megabytes."""
    read: list[object] = []
    validate = Contract.read

    def count_and_validate(*arguments: Any) -> Any:
        read.append(None)
        return validate(*arguments)

    monkeypatch.setattr(Contract, "read", count_and_validate)
    serials = [f"ABC{number:06d}" for number in range(200)]
    payload = proxy.devices_payload(serials)
    assert len(payload) > MOST_OCTETS_OF_A_STRANGER
    for stranger in (replace(proxy, secret="x" * 88), replace(proxy, guid=proxy.guid[:-1] + "0")):
        assert stranger.send(payload).fault == "wsse:FailedAuthentication"
    assert not read
    assert not proxy.send(payload).is_fault
    assert read


@pytest.mark.parametrize("is_testbed", [False, True])
def test_a_stranger_does_not_learn_which_names_are_known(*, is_testbed: bool, world: World) -> None:
    """An unknown name and a wrong digest are one fault, but in a testbed, where people want to know."""
    with open_server("sqlite://", now=world.clock, rng=random.Random(1), is_testbed=is_testbed) as server:
        known = replace(world.proxy(), server=server)
        known.register()
        wrong = replace(known, secret="x" * 88)
        unknown = replace(known, guid="99999999-2222-4333-8444-555555555555")
        faults = {stranger.send(stranger.sync_payload()).body for stranger in (wrong, unknown)}
        notes = {row.note.partition(" (")[0] for row in list(server.administration.every.journal())[-2:]}
    assert len(faults) == (2 if is_testbed else 1)
    assert notes == {"the password digest is wrong", "no such proxy is registered"}


def test_names_of_unknown_character_sets_are_not_kept(server: ReferenceServer, proxy: Proxy) -> None:
    """Python would remember each of them until the process ends."""
    for number in range(20):
        answer = proxy.post(b"<x/>", CONTENT_TYPE=f"text/xml; charset=nobody-{number}")
        assert answer.fault == "soap11env:Client"
    assert not [name for name in encodings._cache if "nobody" in name]


def test_an_error_long_ago_does_not_spoil_a_clean_end(
    server: ReferenceServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`serve` has logged it when it happened."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with RunningServer(server.wsgi, tls="off", is_strict=False):
        monkeypatch.setattr("esolutions_server.service.exchanges.commands.command_queue.commands_for", fail)
        assert proxy.send(proxy.sync_payload()).fault == "soap11env:Server"
    server.wsgi.errors.clear()  # type: ignore[attr-defined]  # a deque, as it happens


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://operator:tops3cret@localhost:1/none",
        "postgresql://localhost:1/none?user=operator&password=tops3cret",
        "postgresql://operator:tops3cret@[::1/none",
        "postgresql://operator:tops3cret@localhost:port/none",
        "operator:tops3cret@localhost/none",
        "nosuch://operator:tops3cret@localhost/none",
    ],
)
def test_a_password_is_in_no_message(url: str) -> None:
    """Neither in what `serve` prints nor in an error, in whatever place of a URL, be it one that cannot be read."""
    assert "tops3cret" not in shown_url(url)
    with pytest.raises(StoreError) as error:
        open_store(url)
    assert "tops3cret" not in str(error.value)


def test_an_answer_bears_the_servers_date(world: World) -> None:
    """By which a client can say how wrong its own clock is."""
    dates: list[str] = []

    def start(_status: str, headers: list[tuple[str, str]]) -> Callable[[bytes], object]:
        dates.append(dict(headers)["Date"])
        return len

    list(world.server.wsgi({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, start))
    assert dates == [world.clock().strftime("%a, %d %b %Y %H:%M:%S GMT")]
