"""The README says what there is."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.cli import app as client
from esolutions_scenarios.cli import app as scenarios
from esolutions_server.cli import application as server
from esolutions_simulators import cli as printers

if TYPE_CHECKING:
    from collections.abc import Callable


def _now() -> datetime:
    return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def _client(arguments: list[str]) -> int:
    return client.run(arguments, now=_now, monotonic=lambda: 0.0, rng=random.Random(1), wait=lambda _: None)


def _server(arguments: list[str]) -> int:
    return server.run(now=_now, rng=random.Random(1), arguments=arguments)


def _printers(arguments: list[str]) -> int:
    return printers.run(printers.build_app(_now, lambda: lambda _: None), arguments)


def _scenarios(arguments: list[str]) -> int:
    return scenarios.run_command_line(arguments, stopwatch=lambda: 0.0)


@pytest.mark.parametrize(
    ("program", "run"),
    [
        ("esolutions-client", _client),
        ("esolutions-server", _server),
        ("esolutions-printers", _printers),
        ("esolutions-scenarios", _scenarios),
    ],
)
def test_the_table_of_programs_names_every_command(
    program: str, run: Callable[[list[str]], int], pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads it knows what can be asked for; a command that nobody can find is none."""
    assert run(["--help"]) == 0
    _, _, listed = capsys.readouterr().out.partition("Commands:\n")
    commands = set(re.findall(r"^  (\w[\w-]*)", listed, re.MULTILINE))
    assert commands
    text = (pytestconfig.rootpath / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{program}` \| `(.+)` \|$", text, re.MULTILINE)
    assert row is not None
    assert commands == set(row[1].split())
