"""The lists: some of their rows, in 80 columns of a terminal and whole in a pipe."""

from __future__ import annotations

import io
import json
import random
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server import open_server
from esolutions_server.admin.access import ServingFile
from esolutions_server.cli.application import run
from esolutions_server.cli.exchanges.exchange_list import Place, Wanted, list_exchanges
from esolutions_server.cli.options import Setting
from tests.server.support.clock import Clock
from tests.server.support.world import World
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


SERIALS = ("ABC000001", "ABC000002")
LISTS = [
    ("devices",), ("proxies",), ("journal",), ("mail",), ("account", "list"), ("equipment", "list"),
    ("billing", "list"), ("billing", "values"),
]  # fmt: skip


class Terminal(io.StringIO):
    """A terminal of 80 columns."""

    def isatty(self) -> bool:
        """Say that a person looks at it."""
        return True


class Shop:
    """A server whose database commands can open: a client with two devices, one of them active, and another client."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.folder = folder
        self._capsys = capsys
        self.proxy = world.proxy()
        self.proxy.register(*SERIALS)
        world.know(*SERIALS)
        world.server.administration.sign_up(SERIALS[0], at_once=True)
        (command,) = self.proxy.sync().commands
        assert self.proxy.status(SERIALS[0], command["CommandId"]) == "Accepted"
        self.other = world.proxy(2)
        self.other.register()
        assert self.proxy.post(b"<x/>").is_fault

    def run(self, *words: str) -> int:
        """Run a command beside it; return the exit code."""
        where = ("--data-dir", str(self.folder))
        return run(now=self.world.clock, rng=random.Random(1), arguments=[*words, *where])

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """Return the rows that a list prints as JSON."""
        assert self.run(*words, "--json") == 0
        rows: list[dict[str, Any]] = json.loads(self._capsys.readouterr().out)
        return rows


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shop]:
    """A server with something in every list."""
    clock = Clock()
    with open_server(f"sqlite:///{tmp_path / 'server.sqlite'}", now=clock, rng=random.Random(3)) as server:
        yield Shop(World(server, clock), tmp_path, capsys)


def _operations(rows: list[dict[str, Any]]) -> list[str | None]:
    return [row["operation"] for row in rows]


def test_the_journal_lists_the_newest_last(shop: Shop) -> None:
    """`--last` counts from the newest, `--limit` from the oldest; together they are wrong usage."""
    everything = shop.rows("journal")
    assert len(everything) == 6
    assert shop.rows("journal", "--last", "2") == everything[-2:]
    assert shop.rows("journal", "--last", "99") == everything
    assert shop.rows("journal", "--limit", "2") == everything[:2]
    assert shop.run("journal", "--last", "1", "--limit", "1") == 2


def test_the_journal_is_filtered(shop: Shop) -> None:
    """By client, operation, outcome and time, and by several of them at once."""
    assert _operations(shop.rows("journal", "--operation", "SyncProxy")) == ["SyncProxy"]
    assert [row["outcome"] for row in shop.rows("journal", "--refused")] == ["soap11env:Client"]
    assert _operations(shop.rows("journal", "--proxy", shop.other.guid)) == ["RegisterProxy"]
    assert len(shop.rows("journal", "--proxy", shop.proxy.guid, "--last", "3")) == 3
    shop.world.clock.move(hours=1)
    shop.proxy.sync()
    moment = shop.proxy.moment()
    assert len(shop.rows("journal", "--since", moment)) == 1
    assert len(shop.rows("journal", "--until", moment)) == 6
    assert len(shop.rows("journal", "--since", moment, "--until", moment)) == 0
    assert shop.run("journal", "--since", "yesterday") == 2


def test_what_a_device_is_named_in_only_a_running_testbed_knows(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """And that is said."""
    assert shop.run("journal", "--serial", SERIALS[0]) == 1
    assert "no testbed serves from" in capsys.readouterr().err


def test_of_a_testbed_that_was_killed_it_is_said_how_to_start_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it has left says where it was, and nobody answers there."""
    nowhere = "http://127.0.0.1:1/admin/api"
    ServingFile("http://127.0.0.1:1/CommunicationServer", None, "sqlite://", nowhere, "token").write(shop.folder)
    for command in (
        ("clock", "show"),
        ("fault", "list"),
        ("snapshot", "a"),
        ("reset", "--yes"),
        ("journal", "show", "1"),
    ):
        assert shop.run(*command) == 1
        said = capsys.readouterr().err
        assert "no testbed answers at" in said
        assert f"start `esolutions-server serve --testbed --data-dir {shop.folder}`" in said


def _wanted(*, last: int | None = None) -> Wanted:
    return Wanted(last=last, follow=True)


@pytest.mark.parametrize(("last", "shown"), [(None, ["SyncProxy"]), (2, ["RegisterProxy", None, "SyncProxy"])])
def test_the_journal_is_followed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, last: int | None, shown: list[str | None]
) -> None:
    """Those that come, after the newest few if they are asked for; each once."""
    from esolutions_server.cli.exchanges import exchange_list

    rows = exchange_list._of_database(shop.world.server.journal, _wanted(last=last))
    found = [row.operation for row in islice(rows, len(shown) - 1)]
    if last is None:
        # It has looked once, and found nothing.
        monkeypatch.setattr("threading.Event.wait", lambda *_: bool(shop.proxy.sync()))
    else:
        shop.proxy.sync()
    assert [*found, next(rows).operation] == shown


def test_following_ends_with_an_interrupt(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with the exit code 0."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("threading.Event.wait", interrupt)
    assert shop.run("journal", "--follow", "--last", "1") == 0
    setting, place = Setting(shop.world.clock, random.Random(1)), Place(None, shop.folder, "")
    with pytest.raises(KeyboardInterrupt):
        list_exchanges(setting, place, _wanted(last=1), as_json=True)


def test_devices_clients_and_mail_are_filtered(shop: Shop) -> None:
    """By state, client, silence and recipient."""
    assert [row["serial"] for row in shop.rows("devices", "--state", "active")] == [SERIALS[0]]
    assert [row["serial"] for row in shop.rows("devices", "--proxy", shop.other.guid)] == []
    assert shop.rows("devices", "--state", "signed-up") == []
    assert shop.run("devices", "--state", "happy") == 2
    assert shop.rows("proxies", "--silent") == []
    shop.world.clock.move(days=3)
    assert len(shop.rows("proxies", "--silent")) == 2
    shop.world.server.administration.add_person("Acme", "eve@acme.example")
    for person in ("eve@acme.example", "bob@acme.example", "eve@acme.example"):
        shop.world.server.administration.reassign(SERIALS[0], person)
    everything = shop.rows("mail")
    assert len(everything) == 3
    assert shop.rows("mail", "--to", "EVE@acme.example") == [everything[1]]
    assert shop.rows("mail", "--last", "1") == everything[-1:]
    assert shop.rows("mail", "--until", shop.proxy.moment()) == []


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_terminal_of_eighty_columns_is_enough(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """No line is longer, and no id is broken over two."""
    shop.world.server.administration.request_billing(SERIALS[0])
    shop.world.server.administration.add_person("Acme", "eve@acme.example")
    shop.world.server.administration.reassign(SERIALS[1], "eve@acme.example")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    assert shop.run(*words) == 0
    lines = some(terminal.getvalue().splitlines())
    assert [line for line in lines if len(line) > 80] == []
    if words[0] in {"proxies", "journal"}:
        assert any(shop.proxy.guid in line for line in lines)
    if words[0] in {"devices", "equipment"}:
        assert any(SERIALS[0] in line for line in lines)


def test_a_pipe_gets_whole_values_a_record_a_line(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """With all columns."""
    assert shop.run("devices") == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["serial", "state", "proxy_id", "registered_at", "activated_at"]
    assert len(lines) == 2
    assert [line for line in some(lines) if shop.proxy.guid not in line] == []
    assert shop.run("journal", "--last", "1") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
