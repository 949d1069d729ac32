"""The command `check`: a file or stdin, a sentence a rule, and an exit code."""

from __future__ import annotations

import io
import json
import random
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_server.cli.application import run
from esolutions_server.service.errors import FaultCode
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = "2026-04-01T02:17:08Z"


@pytest.fixture
def vector(pytestconfig: pytest.Config) -> Path:
    """The folder of the published test vector."""
    return pytestconfig.rootpath / "docs" / "vector"


@pytest.fixture
def secret(pytestconfig: pytest.Config) -> str:
    """The secret of the published test vector."""
    page = (pytestconfig.rootpath / "docs" / "test-vector.md").read_text(encoding="utf-8")
    return page.partition("| secret | `")[2].partition("`")[0]


def _run(*words: str) -> int:
    return run(now=lambda: datetime(2030, 1, 1, tzinfo=UTC), rng=random.Random(1), arguments=["check", *words])


@pytest.mark.parametrize("name", ["request.xml", "answer.xml"])
def test_the_vector_holds_every_rule(vector: Path, secret: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As the page says: exit code 0, and no rule is noted or broken."""
    assert _run(str(vector / name), "--now", MOMENT, "--secret", secret) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.endswith("every rule holds")
    assert {line.split()[0] for line in lines} <= {"holds", "skipped"}


def test_a_changed_letter_is_told_with_its_rules_as_json(
    vector: Path, secret: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From stdin: exit code 1, one document, and the nonce and the signature no longer are about this body."""
    changed = (vector / "request.xml").read_bytes().replace(b"3404321", b"3404322")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(changed)))
    assert _run("-", "--secret", secret, "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["file"], document["message"], document["holds"]) == ("-", "SubmitBillingTransaction", False)
    broken = [rule["rule"] for rule in document["rules"] if rule["state"] == "broken"]
    assert broken == ["body binding", "signature"]


def test_a_file_that_is_not_there_is_a_failure_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And a moment that is none is wrong usage."""
    assert _run(str(tmp_path / "nothing.xml")) == 1
    assert "nothing.xml cannot be read: No such file" in capsys.readouterr().err
    assert _run("-", "--now", "today") == 2
    assert "2026-01-31T09:00:00Z" in capsys.readouterr().err


@pytest.mark.parametrize("octets", [b"", b"\x00\xff", b"<a>\x1b[31m</a>", "<\u202e/>".encode()])
def test_what_others_wrote_steers_nothing(tmp_path: Path, octets: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A file may hold anything."""
    file = tmp_path / "odd.xml"
    file.write_bytes(octets)
    assert _run(str(file)) == 1
    lines = some(capsys.readouterr().out.splitlines())
    assert all(line.isprintable() for line in lines)


def test_every_fault_code_is_on_the_page(pytestconfig: pytest.Config) -> None:
    """Eleven, each with its cause and what the client makes of it."""
    page = (pytestconfig.rootpath / "docs" / "wire.md").read_text(encoding="utf-8")
    listed = {line.split("`")[1] for line in page.splitlines() if line.startswith(("| `ws", "| `soap11env:"))}
    assert {code.value for code in FaultCode} <= listed
    assert len(FaultCode) == 11
