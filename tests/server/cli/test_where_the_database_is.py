"""A command works on the database of the server that is meant, and makes none where there is none."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.admin.access import ServingFile
from esolutions_server.cli.application import run
from esolutions_server.cli.options import Setting
from esolutions_server.store.engine.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS = [
    ("devices",), ("proxies",), ("journal",), ("mail",), ("account", "list"), ("equipment", "list"),
    ("billing", "list"), ("billing", "values"), ("account", "add", "Acme", "key@acme.example"), ("signup", "A1"),
    ("person", "add", "Acme", "bob@acme.example"), ("device", "retire", "A1"), ("billing", "request", "A1"),
]  # fmt: skip


def _run(*arguments: str) -> int:
    return run(now=lambda: NOW, rng=random.Random(1), arguments=arguments)


def _make(file: Path, *accounts: str) -> str:
    with open_server(f"sqlite:///{file}", now=lambda: NOW, rng=random.Random(1)) as server:
        for name in accounts:
            server.administration.add_account(name, f"key@{name}.example")
    return f"sqlite:///{file}"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_makes_no_database_and_says_where_it_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """A wrong data directory, or none from which a server served, is exit code 1; not even the directory is made."""
    missing = tmp_path / "slip of the pen"
    assert _run(*command, "--data-dir", str(missing)) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert f"there is no database of a server at sqlite:///{missing}/server.sqlite" in output.err
    assert "`serve` makes one, and --data-dir or --database say where it is" in output.err
    assert not missing.exists()


def test_a_database_of_something_else_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No tables are made in it."""
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE birds (name)")
    assert _run("devices", "--database", f"sqlite:///{file}") == 1
    assert f"there is no database of a server at sqlite:///{file}" in capsys.readouterr().err
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("birds",)]


def _accounts(capsys: pytest.CaptureFixture[str], *where: str) -> list[str]:
    assert _run("account", "list", "--json", *where) == 0
    return [row["name"] for row in json.loads(capsys.readouterr().out)]


@pytest.fixture
def serving(tmp_path: Path) -> Callable[[str], Path]:
    """Leave behind in a data directory what a server does that uses a database; return the directory."""

    def leave(database: str) -> Path:
        folder = tmp_path / "data"
        folder.mkdir()
        ServingFile("https://127.0.0.1:1/CommunicationServer", None, database, None, None).write(folder)
        return folder

    return leave


def test_the_database_of_the_running_server_is_found(
    tmp_path: Path, serving: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Which may be elsewhere: a forgotten --database shows no other one. What is given has the last word."""
    folder = serving(_make(tmp_path / "elsewhere.sqlite", "Acme"))
    _make(folder / "server.sqlite", "Other")
    assert _accounts(capsys, "--data-dir", str(folder)) == ["Acme"]
    own = f"sqlite:///{folder / 'server.sqlite'}"
    assert _accounts(capsys, "--data-dir", str(folder), "--database", own) == ["Other"]


def test_a_password_is_not_left_behind_and_is_asked_for(
    serving: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do."""
    folder = serving("postgresql+psycopg://meters:***@db.example/meters")
    assert _run("devices", "--data-dir", str(folder)) == 1
    assert "give that with --database, and its password" in capsys.readouterr().err


def test_a_server_leaves_the_whole_path_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads it may be in another directory."""
    monkeypatch.chdir(tmp_path)
    setting = Setting(lambda: NOW, random.Random(1))
    assert setting.database_url(None, Path("data")) == f"sqlite:///{tmp_path}/data/server.sqlite"
    assert setting.database_url("sqlite:///a.sqlite?timeout=5", None) == f"sqlite:///{tmp_path}/a.sqlite?timeout=5"
    for url in ("sqlite://", "sqlite:////var/a.sqlite", "postgresql://u:secret@h/n"):
        assert absolute_url(url) == url
