"""A command and a file mean one device, however its serial number is spelled."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.cli.application import run
from esolutions_server.domain.policy import Policy
from tests.server.support.spellings import ODD, SERIAL, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server.support.world import World


@pytest.fixture
def command(world: World, tmp_path: Path) -> Callable[..., int]:
    """Run a command beside an active device; return the exit code."""
    clock = world.clock
    with open_server(f"sqlite:///{tmp_path}/server.sqlite", now=clock, rng=random.Random(3), policy=Policy()) as server:
        type(world)(server, clock).active_proxy(SERIAL)

    def call(*arguments: str) -> int:
        return run(now=clock, rng=random.Random(1), arguments=[*arguments, "--data-dir", str(tmp_path)])

    return call


_COMMANDS = (
    ("signup",),
    ("device", "cancel"),
    ("device", "retire"),
    ("device", "replace"),
    ("device", "reassign"),
    ("billing", "request"),
    ("billing", "values"),
)


@pytest.mark.parametrize("spelled", ["atk1", " ATK1\u200b", "\uff21\uff34\uff2b\uff11"])
@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_means_the_same_device(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], name: tuple[str, ...], spelled: str
) -> None:
    """And says which: its JSON has the canonical form."""
    more = ("bob@acme.example",) if name[-1] == "reassign" else ()
    assert command(*name, spelled, *more, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, list) or document.get("serial", SERIAL) == SERIAL


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_refuses_an_odd_serial_number(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], name: tuple[str, ...]
) -> None:
    """As wrong usage, with the reason on stderr and nothing on stdout."""
    more = ("bob@acme.example",) if name[-1] == "reassign" else ()
    for spelled, why in ODD.items():
        assert command(*name, spelled, *more) == 2
        output = capsys.readouterr()
        assert (output.out, why in " ".join(output.err.replace("│", " ").split())) == ("", True)


@pytest.mark.parametrize("spelled", VARIANTS)
def test_an_equipment_file_means_the_same_device(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], spelled: str
) -> None:
    """However a spreadsheet pads or folds it."""
    file = tmp_path / "equipment.csv"
    header = "serial,installed_on,account,person,frequency\n"
    file.write_text(f'{header}"{spelled}",2025-01-01,Acme,bob@acme.example,quarterly\n', encoding="utf-8")
    assert command("equipment", "import", str(file)) == 0
    capsys.readouterr()
    assert command("equipment", "list", "--json") == 0
    assert [row["serial"] for row in json.loads(capsys.readouterr().out)] == [SERIAL]


@pytest.mark.parametrize("text", ["ATK\u202e1", "ATK\x07", "\u200b", "\u0391TK1"])
def test_an_equipment_file_with_an_odd_serial_number_is_refused(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """With its line."""
    file = tmp_path / "equipment.csv"
    header = "serial,installed_on,account,person,frequency\n"
    file.write_text(f"{header}{text},2025-01-01,Acme,bob@acme.example,quarterly\n", encoding="utf-8")
    assert command("equipment", "import", str(file)) == 1
    assert "line 2, column serial: a serial number" in capsys.readouterr().err


@pytest.mark.parametrize("again", [SERIAL, "atk1 "])
def test_an_equipment_file_with_two_contracts_of_one_device_is_refused(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], again: str
) -> None:
    """Which of them counts is not guessed; the two lines are named, and none is taken."""
    file = tmp_path / "equipment.csv"
    rows = [f"{serial},2025-01-01,Acme,bob@acme.example,quarterly" for serial in (SERIAL, "OTHER1", again)]
    file.write_text("\n".join(["serial,installed_on,account,person,frequency", *rows]), encoding="utf-8")
    assert command("equipment", "import", str(file)) == 1
    assert f"line 4, column serial: {SERIAL} is in line 2 already" in capsys.readouterr().err
    command("equipment", "list", "--json")
    assert [row["frequency"] for row in json.loads(capsys.readouterr().out)] == ["Monthly"]


def test_the_journal_of_one_client_is_asked_for_by_any_spelling(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is no GUID is wrong usage."""
    guid = "00000001-2222-4333-8444-555555555555"
    assert command("journal", "--proxy", f"{{{guid}}}", "--json") == 0
    assert {row["proxy_id"] for row in json.loads(capsys.readouterr().out)} == {guid}
    assert command("journal", "--proxy", "mine") == 2
