"""The journal of a testbed on real sockets, by its client and by the commands beside it."""

from __future__ import annotations

import json
import queue
import random
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from esolutions_server.admin.access import ServingFile
from esolutions_server.admin.running_testbed import RunningTestbed
from esolutions_server.cli.application import run
from esolutions_server.client import ExchangeFilter, StateChange, TestbedClient, TestbedRefusedError
from esolutions_server.http.serving import RunningServer
from esolutions_server.testbed.routes import NamespacedApplication
from tests.server.support.clock import START
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_server.service.people.presentation.views import ExchangeView
    from tests.server.support.proxy import Proxy
    from tests.server.support.testbed import Bed

pytestmark = pytest.mark.wire
XML = {"Content-Type": "text/xml; charset=utf-8", "Cookie": "a=canary-cookie"}
SERIAL = "ABC123456"
_PATIENCE = 20.0


@pytest.fixture
def running(bed: Bed) -> Iterator[RunningTestbed]:
    """Give a testbed on sockets; what its admin API did not foresee fails the test."""
    application = NamespacedApplication(bed.instrument)
    with RunningTestbed(bed.instrument, RunningServer(application), is_strict=True) as testbed:
        yield testbed


@pytest.fixture
def client(running: RunningTestbed) -> Iterator[TestbedClient]:
    """Give a client of it."""
    with TestbedClient(running.admin_url, running.admin_token) as made:
        yield made


@pytest.fixture
def proxy(bed: Bed) -> Proxy:
    """Give a proxy of the default namespace."""
    return bed.world().proxy(secret="canary-secret" * 6 + "0123456789")


@pytest.fixture
def command(running: RunningTestbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give the commands `journal` beside the testbed: what they print."""
    url = running.listener.url
    ServingFile(url, None, "sqlite://", running.admin_url, running.admin_token).write(tmp_path)

    def command(*words: str) -> str:
        where = ["journal", *words, "--data-dir", str(tmp_path)]
        assert run(now=lambda: START, rng=random.Random(1), arguments=where) == 0
        return capsys.readouterr().out

    return command


def _send(running: RunningTestbed, *envelopes: bytes) -> None:
    """Send messages over one connection."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(running.listener.ca_file)
        for envelope in envelopes:
            session.post(running.listener.url, envelope, headers=XML, timeout=_PATIENCE)


def _life(running: RunningTestbed, proxy: Proxy) -> None:
    proxy.fleet.add(SERIAL)
    _send(running, proxy.envelope(proxy.register_payload()), proxy.envelope(proxy.devices_payload([SERIAL])))


def test_an_exchange_over_https_is_read_whole(running: RunningTestbed, client: TestbedClient, proxy: Proxy) -> None:
    """With its connection: address, TLS, which request of it, how long it took; and what it changed."""
    _life(running, proxy)
    exchange = client.journal.exchange(2)
    assert exchange.connection is not None
    assert (exchange.connection.remote_address, exchange.connection.ordinal) == ("127.0.0.1", 2)
    assert (exchange.connection.tls_version or "").startswith("TLSv1.")
    assert exchange.connection.cipher
    assert exchange.connection.seconds_to_receive >= 0
    assert (exchange.method, exchange.url, exchange.status) == ("POST", running.listener.url, "200 OK")
    assert exchange.seconds_to_respond is not None
    assert exchange.seconds_to_respond >= 0
    assert exchange.request is not None
    assert exchange.response is not None
    assert exchange.row.bytes_in == exchange.request.bytes
    assert ("cookie", "[masked]") in exchange.request.headers
    assert [deviation.rule for deviation in exchange.request.deviations] == ["size"]
    assert "RegisterProxyDevicesReceipt" in (exchange.response.body or "")
    assert exchange.serials == (SERIAL,)
    assert [change.name for change in exchange.changes if change.kind == "device"] == [SERIAL]
    assert isinstance(exchange.changes[0], StateChange)
    with pytest.raises(TestbedRefusedError, match="no exchange 3"):
        client.journal.exchange(3)


def test_a_search_goes_through_all_pages(
    running: RunningTestbed, client: TestbedClient, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From either end, with a filter."""
    monkeypatch.setattr("esolutions_server.client.journal._PAGE", 2)
    _life(running, proxy)
    _send(running, *(proxy.envelope(proxy.sync_payload()) for _ in range(3)))
    assert [row.number for row in client.journal.search()] == [1, 2, 3, 4, 5]
    assert [row.number for row in client.journal.search(newest_first=True)] == [5, 4, 3, 2, 1]
    syncs = ExchangeFilter(operation="SyncProxy", proxy=proxy.guid, since=START, after=3)
    assert [row.number for row in client.journal.search(syncs)] == [4, 5]
    assert next(client.journal.search()).moment == START


def test_what_comes_is_followed_until_the_testbed_stops(bed: Bed, proxy: Proxy) -> None:
    """From where it is said, and then as it comes."""
    rows: list[ExchangeView] = []
    two = threading.Event()

    def follow(client: TestbedClient) -> None:
        for row in client.journal.follow(ExchangeFilter(after=1)):
            rows.append(row)
            two.set()

    application = NamespacedApplication(bed.instrument)
    with RunningTestbed(bed.instrument, RunningServer(application)) as running:
        _life(running, proxy)
        client = TestbedClient(running.admin_url, running.admin_token)
        following = threading.Thread(target=follow, args=(client,))
        following.start()
        assert two.wait(_PATIENCE)
        _send(running, proxy.envelope(proxy.sync_payload()))
        with TestbedClient(running.admin_url, running.admin_token) as other:
            events = other.journal.follow(ExchangeFilter(after=2))
            assert next(events).number == 3
            events.close()  # type: ignore[attr-defined] # a generator
    following.join(_PATIENCE)
    client.close()
    assert (following.is_alive(), [row.number for row in rows]) == (False, [2, 3])


def test_exports_are_read_line_by_line(running: RunningTestbed, client: TestbedClient, proxy: Proxy) -> None:
    """Of both forms; no secret is in them."""
    _life(running, proxy)
    lines = list(client.journal.export())
    assert [json.loads(line)["number"] for line in lines] == [1, 2]
    archive = "\n".join(client.journal.export("har", ExchangeFilter(after=1)))
    assert [entry["_exchange"]["number"] for entry in json.loads(archive)["log"]["entries"]] == [2]
    assert "canary" not in archive + "".join(lines)


def test_the_command_shows_an_exchange(running: RunningTestbed, proxy: Proxy, command: Callable[..., str]) -> None:
    """For people and as JSON; the same as the API."""
    _life(running, proxy)
    shown = command("show", "2")
    for part in (
        "     2  2026-01-01T03:00:00Z  RegisterProxyDevices  receipt\n",
        "connection  127.0.0.1 port ",
        f"  device {SERIAL}: new: ",
        "  ! size: ",
        "  cookie: [masked]\n",
        f"      <n:SerialNumber>{SERIAL}</n:SerialNumber>\n",
    ):
        assert part in shown
    assert json.loads(command("show", "1", "--json"))["operation"] == "RegisterProxy"
    assert "canary" not in command("show", "1") + command("show", "1", "--json")


def test_an_exchange_fits_a_terminal(
    running: RunningTestbed, proxy: Proxy, command: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 80 columns; nothing is cut off."""
    _life(running, proxy)
    whole = command("show", "2")
    monkeypatch.setattr("esolutions_server.cli.exchanges.exchange_text.is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    fitting = command("show", "2")
    assert max(map(len, whole.splitlines())) > 80
    assert max(map(len, fitting.splitlines())) <= 80
    assert "".join(fitting.split()) == "".join(whole.split())


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_command_follows_what_comes(
    bed: Bed, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    """A sentence each, or a document a line, until the testbed stops; only what is asked for."""
    seen: queue.SimpleQueue[Any] = queue.SimpleQueue()
    printing = "esolutions_server.cli.exchanges.exchange_list"
    monkeypatch.setattr(f"{printing}.say", seen.put)
    monkeypatch.setattr(f"{printing}.print_json", lambda document, **_: seen.put(document))
    arguments = ["journal", "--follow", "--proxy", proxy.guid, "--data-dir", str(tmp_path), *form]
    application = NamespacedApplication(bed.instrument)
    with RunningTestbed(bed.instrument, RunningServer(application)) as running:
        url = running.listener.url
        ServingFile(url, None, "sqlite://", running.admin_url, running.admin_token).write(tmp_path)
        following = threading.Thread(target=run, kwargs={"now": None, "rng": None, "arguments": arguments})
        following.start()
        _life(running, proxy)
        other = bed.world().proxy(2)
        while seen.empty() and following.is_alive():
            # It follows from when it has come.
            _send(running, other.envelope(other.register_payload()), proxy.envelope(proxy.sync_payload()))
    following.join(_PATIENCE)
    assert not following.is_alive()
    told = [seen.get() for _ in range(seen.qsize())]
    assert told
    if form:
        assert {row["proxy_id"] for row in told} == {proxy.guid}
    else:
        assert any(line.startswith(f"{'':8}{proxy.guid}: in ") for line in told)
        assert not any(other.guid in line for line in some(told))


def test_what_strangers_write_steers_no_terminal(running: RunningTestbed, command: Callable[..., str]) -> None:
    """Neither in a message nor in its headers, nor in what the server remarks; and no line of it can be forged."""
    hostile = "\x1b[31m\u202e<a>\x9b2J\rRequest, 0 bytes\u2028\x07</a>"
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(running.listener.ca_file)
        headers = XML | {"X-Name": "\x9b31m"}
        session.post(running.listener.url, hostile.encode(), headers=headers, timeout=_PATIENCE)
    for shown in (command("show", "1"), command("show", "1", "--json")):
        assert "bytes" in shown
        assert [letter for letter in shown if not letter.isprintable() and letter != "\n"] == []
        assert not re.search(r"^Request, 0 bytes", shown, re.MULTILINE)


def test_what_is_not_kept_is_said(bed: Bed, running: RunningTestbed, proxy: Proxy, command: Callable[..., str]) -> None:
    """In the place of what there would be."""
    _life(running, proxy)
    bed.instrument.default.journal.forget()
    shown = command("show", "2")
    assert shown.startswith("     2  ")
    assert "not kept" in shown


@pytest.mark.parametrize("words", [("--journal-bodies", "5GB", "--testbed"), ("--journal-bodies", "5MB")])
def test_bodies_are_a_number_or_megabytes_of_a_testbed(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never of a server in production: it is not even started."""
    arguments: list[Any] = ["serve", *words, "--data-dir", str(tmp_path / "data")]
    assert run(now=lambda: START, rng=random.Random(1), arguments=arguments) == 2
    assert "--journal-bodies" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
