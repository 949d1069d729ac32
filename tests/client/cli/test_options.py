"""Options, configuration, and what is wrong usage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.cli.app import run
from esolutions_client.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def call(*words: str) -> int:
    """Run a command with the real ports, which these commands do not use."""
    return run(words, now=lambda: NOW, rng=Random(1), wait=lambda _seconds: None)


def test_global_options_stand_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the command, behind it, between its own, with or without an equals sign."""
    url = "https://server.example/CommunicationServer"
    ids = set()
    for words in (
        ("--data-dir", str(tmp_path), "--server-url", url, "status", "--json"),
        ("status", "--json", "--data-dir", str(tmp_path), "--server-url", url),
        ("status", f"--data-dir={tmp_path}", "--json", f"--server-url={url}", "--verbose"),
    ):
        assert call(*words) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["server_url"] == url
        ids.add(document["proxy_id"])
    assert len(ids) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("status", "--no-such-option"),
        ("meters",),
        ("retire",),
        ("sent", "not-a-number"),
        ("history", "--limit", "0"),
        ("status", "--config"),
        ("read",),
        ("read", "127.0.0.1", "--from-walk", "file.snmprec"),
        ("read", "127.0.0.1:99999"),
        ("read", "127.0.0.1:"),
        ("read", "127.0.0.1", "--snmp-version", "4"),
        ("read", "127.0.0.1", "--timeout", "-1"),
        ("discover",),
        ("discover", "not/an/address"),
        ("meters", "NOBODY001"),
        ("history", "NOBODY001"),
        ("accept", "NOBODY001"),
        ("retire", "NOBODY001"),
        ("sync",),
    ],
    ids=" ".join,
)
def test_wrong_usage_has_exit_code_2(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an explanation on stderr and nothing on stdout."""
    assert call("--data-dir", str(tmp_path), *words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


@pytest.mark.parametrize(
    ("url", "words", "complaint"),
    [
        ("http://server.example/", (), "is not encrypted"),
        ("http://server.example/", ("--allow-plain-http",), "not a loopback address"),
        ("server.example", (), "is not a server address"),
        ("https://server.example/", ("--ca", "/no/such/file"), "no certificate file"),
    ],
)
def test_a_server_that_may_not_be_used_is_wrong_usage(
    url: str, words: tuple[str, ...], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is sent, and it is not remembered."""
    assert call("--data-dir", str(tmp_path), "sync", "--server-url", url, *words) == 2
    assert complaint in capsys.readouterr().err
    assert call("--data-dir", str(tmp_path), "sync") == 2
    assert "no Communication Server is known" in capsys.readouterr().err


def test_a_configuration_file_stands_under_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its paths are relative to itself; an option on the command line wins."""
    config = tmp_path / "client.toml"
    config.write_text('data_dir = "store"\nserver_url = "https://configured.example/"\npoll_minutes = 30\n')
    assert call("status", "--json", "--config", str(config)) == 0
    assert json.loads(capsys.readouterr().out)["server_url"] == "https://configured.example/"
    assert (tmp_path / "store" / "client.sqlite").is_file()
    assert call("status", "--json", "--config", str(config), "--server-url", "https://typed.example/") == 0
    assert json.loads(capsys.readouterr().out)["server_url"] == "https://typed.example/"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('server = "https://server.example/"', "sets server; known are"),
        ("server_url = ", "cannot be read"),
        ('daily_sync_time = "noon"', "give HH:MM"),
        ('poll_minutes = "often"', "poll_minutes"),
        ("poll_minutes = 0", "poll_minutes"),
        ("allow_plain_http = 1", "allow_plain_http"),
        ("data_dir = 5", "data_dir"),
    ],
)
def test_a_configuration_that_is_wrong_is_wrong_usage(
    text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the setting and what is known, and nothing is done by halves."""
    config = tmp_path / "client.toml"
    config.write_text(text)
    assert call("status", "--data-dir", str(tmp_path), "--config", str(config)) == 2
    assert complaint in capsys.readouterr().err


def test_a_configuration_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped name must not mean the defaults."""
    assert call("status", "--config", str(tmp_path / "none.toml")) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_two_programs_do_not_work_at_once(desk: Any) -> None:
    """The second says so and what to do, with exit code 2; looking goes on."""
    desk.enrol()
    store = Store(desk.folder / "client.sqlite")
    with store.exclusive():
        for words in (("sync",), ("poll",), ("run", "--once")):
            code, _, err = desk.type(*words)
            assert code == 2
            assert "another esolutions-client is at work" in err
        assert desk.type("status")[0] == 0
    store.close()
    assert desk.type("sync")[0] == 0


@pytest.mark.parametrize("name", ["xerox.snmprec", "xerox_color.snmprec", "xerox_workcentre.snmprec"])
def test_a_recording_is_replayed(name: str, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> None:
    """Without network and without a store, through the parser that real printers meet."""
    recording = pytestconfig.rootpath.parent / "shared" / "recordings" / "librenms" / name
    if not recording.is_file():
        pytest.skip(f"no recording at {recording}")
    assert call("read", "--from-walk", str(recording), "--json") == 0
    reading = json.loads(capsys.readouterr().out)
    assert list(reading) == ["serial_number", "vendor", "model", "read_at", "meters", "supplies"]
    assert all(meter["value"] is None or meter["value"] >= 0 for meter in reading["meters"])
    assert call("read", "--from-walk", str(recording)) == 0
    assert "METER" in capsys.readouterr().out or not reading["meters"]


def test_a_file_that_is_no_walk_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, or 2, never a traceback; the text names the line."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear printer,\n")
    assert call("read", "--from-walk", str(file)) == 1
    assert "line 1" in capsys.readouterr().err
    assert call("read", "--from-walk", str(tmp_path / "none")) == 1
    assert "none" in capsys.readouterr().err
