"""The command line beside a running server."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from esolutions_server import open_server
from esolutions_server.cli.application import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = "serial,installed_on,account,person,frequency,anchor_day,time_zone\n"
ROW = "ABC123456,2025-01-01,Acme,bob@acme.example,semi-annual,31,Europe/Paris\n"


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., int]:
    """Run a command on a data directory from which a server served; return the exit code."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    open_server(f"sqlite:///{tmp_path / 'server.sqlite'}", now=lambda: now, rng=random.Random(1)).close()

    def call(*arguments: str) -> int:
        where = () if arguments[0] == "wsdl" else ("--data-dir", str(tmp_path))
        return run(now=lambda: now, rng=random.Random(1), arguments=[*arguments, *where])

    return call


def test_an_account_and_its_equipment_are_taken_and_listed(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON for programs and as a table for people."""
    file = tmp_path / "equipment.csv"
    file.write_text(HEADER + ROW)
    assert command("account", "add", "Acme", "key@acme.example") == 0
    assert command("person", "add", "Acme", "bob@acme.example") == 0
    assert command("equipment", "import", str(file)) == 0
    capsys.readouterr()
    assert command("equipment", "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["serial"], row["frequency"], row["installed_on"]) == ("ABC123456", "SemiAnnual", "2025-01-01")
    assert command("account", "list") == 0
    assert "Acme" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "serial,account\nx,y\n",
        HEADER + ROW.replace("2025-01-01", "yesterday"),
        HEADER + ROW.replace("2025-01-01", "0025-01-01"),
        HEADER + ROW.replace("semi-annual", "weekly"),
        HEADER + ROW.replace("31", "32"),
        HEADER + ROW.replace("Europe/Paris", "Mars/Olympus"),
        HEADER + ROW.replace("Acme", "Nobody"),
        HEADER + ROW.replace("ABC123456", "X" * 33),
        HEADER + "\x00",
    ],
)
def test_an_unusable_equipment_file_is_taken_not_even_in_part(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Exit code 1, a sentence on stderr, and nothing imported."""
    file = tmp_path / "equipment.csv"
    file.write_text(text.replace(HEADER, HEADER + ROW.replace("ABC123456", "FINE00001")))
    command("account", "add", "Acme", "key@acme.example")
    command("person", "add", "Acme", "bob@acme.example")
    assert command("equipment", "import", str(file)) == 1
    assert capsys.readouterr().err
    command("equipment", "list", "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == []


@pytest.mark.parametrize(
    "arguments",
    [("signup", "NOBODY"), ("billing", "request", "NOBODY"), ("billing", "accept", "none")],
)
def test_what_cannot_be_done_is_exit_code_1(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """With the reason on stderr and nothing on stdout."""
    assert command(*arguments) == 1
    output = capsys.readouterr()
    assert (output.out, bool(output.err)) == ("", True)


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("account", "add"), ("serve", "--signup", "maybe"), ("serve", "--seed", "1")]
)
def test_wrong_usage_is_exit_code_2(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """Unknown commands, missing arguments, options of a testbed without one."""
    assert command(*arguments) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "name", [("journal",), ("mail",), ("devices",), ("proxies",), ("billing", "list"), ("billing", "values")]
)
def test_every_list_is_one_json_document(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], name: tuple[str, ...]
) -> None:
    """Empty here, and still a list."""
    assert command(*name, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_wsdl_is_printed_with_the_address_asked_for(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The five operations, each with its own name as SOAPAction."""
    assert command("wsdl", "--url", "https://example.org/x") == 0
    root = etree.fromstring(capsys.readouterr().out.encode())
    address = root.find(".//{*}address")
    assert address is not None
    assert address.get("location") == "https://example.org/x"
    actions = {element.get("soapAction") for element in root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}operation")}
    assert actions == {
        "RegisterProxy",
        "RegisterProxyDevices",
        "SyncProxy",
        "SyncProxyStatus",
        "SubmitBillingTransaction",
    }


def test_commands_keep_the_terms_of_the_server(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command beside a server with automatic sign-up does not turn that off."""
    from esolutions_server.domain.policy import Policy
    from esolutions_server.reference import open_server, stored_terms

    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    open_server(url, now=lambda: now, rng=random.Random(1), policy=Policy(signup="automatic")).close()
    assert command("account", "list") == 0
    assert stored_terms(url).signup == "automatic"


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "add", "", "key@acme.example"),
        ("account", "add", "A" * 101, "key@acme.example"),
        ("account", "add", "Acme\n", "key@acme.example"),
        ("account", "add", "Acme", "nobody"),
        ("account", "add", "Acme", "@acme.example"),
        ("account", "add", "Acme", f"{'k' * 250}@acme.example"),
    ],
)
def test_names_and_addresses_that_cannot_be_are_refused(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """With exit code 1 and a sentence, and nothing is kept."""
    assert command(*arguments) == 1
    assert capsys.readouterr().err.count("\n") == 1
    command("account", "list", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_a_policy_that_cannot_be_keeps_the_server_from_starting(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit code 1 and a sentence that names the file and the term."""
    file = tmp_path / "policy.toml"
    file.write_text("low_supply_percent = 200\n")
    assert command("serve", "--policy", str(file)) == 1
    error = capsys.readouterr().err
    assert "policy.toml:1: low_supply_percent: expected a whole number from 0 to 100, found 200" in error
    assert error.count("\n") == 1


def test_a_person_of_another_account_is_not_said_to_be_added(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody belongs to one account; once more to the same one changes nothing."""
    for name in ("Acme", "Other"):
        assert command("account", "add", name, f"key@{name}.example") == 0
    assert command("person", "add", "Acme", "bob@acme.example") == 0
    assert command("person", "add", "Acme", "bob@acme.example") == 0
    assert command("person", "add", "Other", "bob@acme.example") == 1
    assert "bob@acme.example is a person of another account already" in capsys.readouterr().err
