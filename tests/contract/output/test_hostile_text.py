"""Whatever strangers write, every list of all four programs shows it as text, whole, and is steered by nothing."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from esolutions_client.cli.app import run as run_client
from esolutions_client.cli.console.output import plain
from esolutions_scenarios.cli.app import run_command_line
from esolutions_server.cli.application import run as run_server
from esolutions_simulators.cli import build_app
from esolutions_simulators.cli import run as run_printers
from tests.contract.output.support.streams import Stream, steering_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.contract.output.support.data_folders import DataFolders

_NOW = datetime(2026, 1, 20, tzinfo=UTC)
_EVERYTHING = (
    "[/red] [bold]x[/bold] \x1b]0;title\x07 \x1b[2J \x9b31m \x85 \u202e \u2066 \u200b \ufeff \u2028 \r\n \t \x7f &<"
)
# SQLite holds no lone surrogate, and ends a text at the first NUL in some of its functions.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def _run(program: str, words: Sequence[str], *, is_terminal: bool = False) -> tuple[int, str, str]:
    out, err = Stream(is_terminal=is_terminal), Stream(is_terminal=is_terminal)
    shown = {"COLUMNS": "80", "TERM": "dumb", "LINES": "24"}
    with patch("sys.stdout", out), patch("sys.stderr", err), patch.dict("os.environ", shown):
        code = _PROGRAMS[program](list(words))
    return code, out.getvalue(), err.getvalue()


def _client(words: list[str]) -> int:
    return run_client(words, now=lambda: _NOW, monotonic=lambda: 0.0, rng=random.Random(1), wait=lambda _: None)


_PROGRAMS: dict[str, Any] = {
    "client": _client,
    "server": lambda words: run_server(now=lambda: _NOW, rng=random.Random(1), arguments=words),
    "simulators": lambda words: run_printers(build_app(lambda: _NOW, lambda: lambda tick: tick()), words),
    "scenarios": lambda words: run_command_line(words, stopwatch=lambda: 0.0),
}


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXTS)
@example(text=_EVERYTHING)
def test_every_list_shows_what_strangers_wrote_and_obeys_none_of_it(folders: DataFolders, text: str) -> None:
    """In a pipe, on a terminal and as JSON; no list fails for what is in it."""
    folders.let_strangers_write(text)
    whole = 0
    for program, words in folders.lists:
        code, piped, err = _run(program, words)
        assert (code, err) == (0, ""), (words, err)
        exact = words[0] == "sent" and words[1].isdecimal()
        assert exact or not steering_letters(piped), words
        whole += plain(text).strip() in piped
        code, shown, err = _run(program, words, is_terminal=True)
        assert (code, err) == (0, ""), (words, err)
        assert not steering_letters(shown), words
        if words[0] not in {"wsdl", "snmprec", "sabotages"}:
            code, document, err = _run(program, [*words, "--json"])
            assert (code, err) == (0, ""), (words, err)
            assert not steering_letters(document), words
            json.loads(document)
    # Devices, history, sent, accounts, journal, mail, values: shown, not left out.
    assert whole >= 6


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("client", ("read", _EVERYTHING + ":99999")),
        ("client", ("read", "--from-walk", "/no/" + _EVERYTHING)),
        ("client", ("read", "127.0.0.1", "--snmp-version", _EVERYTHING)),
        ("client", (_EVERYTHING,)),
        ("client", ("--server-url", "https://" + _EVERYTHING, "sync")),
        ("server", ("signup", _EVERYTHING)),
        ("server", ("serve", "--tls", _EVERYTHING)),
        ("server", (_EVERYTHING,)),
        ("simulators", ("snmprec", _EVERYTHING)),
        ("simulators", ("serve", "--base", _EVERYTHING)),
        ("scenarios", ("run", _EVERYTHING)),
        ("scenarios", ("run", "reply_lost", "--sabotage", _EVERYTHING)),
        ("scenarios", ("sizes", "--devices", _EVERYTHING)),
    ],
)
def test_a_complaint_quotes_what_it_complains_of_as_text(
    folders: DataFolders, program: str, words: tuple[str, ...]
) -> None:
    """A script may have taken the words from a printer."""
    where = ("--data-dir", str(folders.folder / program)) if program in {"client", "server"} else ()
    if program == "server" and words[0] == _EVERYTHING:
        where = ()
    code, out, err = _run(program, [*words, *where])
    assert code in {1, 2}
    assert err
    assert not steering_letters(out + err)


# What these print is what came of them, in sentences; none of them lists rows that others wrote.
_ACTIONS = {
    "client": {
        "read", "discover", "poll", "register", "sync", "run", "disable", "enable", "retire", "accept",
        "version",
    },
    "server": {
        "serve", "account add", "person add", "equipment import", "signup", "device cancel", "device retire",
        "device replace", "device reassign", "billing request", "billing accept", "billing reject",
        "clock show", "clock freeze", "clock set", "clock advance", "clock speed", "clock real", "check",
        "snapshot", "restore", "fork", "reset", "journal show",
        # Of a testbed that runs; what is listed are the rules that its operator has laid.
        "fault add", "fault clear", "fault list",
    },
    "simulators": {"serve"},
    "scenarios": {"run", "sizes", "demo", "swarm", "bench"},
}  # fmt: skip


@pytest.mark.parametrize("program", _PROGRAMS)
def test_every_list_is_among_those_that_are_tried(program: str, folders: DataFolders) -> None:
    """A new command is a list that strangers may write in, or one that lists nothing."""
    tried = [words for of, words in folders.lists if of == program]
    listed = {" ".join(words[:length]) for words in tried for length in (1, 2)}
    commands = set(_leaves(program, ()))
    assert commands
    assert {command for command in commands if command not in listed | _ACTIONS[program]} == set()


def _leaves(program: str, group: tuple[str, ...]) -> Iterator[str]:
    _, shown, _ = _run(program, [*group, "--help"])
    _, has_commands, listed = shown.partition("\nCommands:\n")
    if not has_commands:
        yield " ".join(group)
        return
    for line in listed.splitlines():
        if re.match("  [a-z]", line):
            yield from _leaves(program, (*group, line.split()[0]))
