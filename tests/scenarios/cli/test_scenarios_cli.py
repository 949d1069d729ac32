"""The command line of the scenarios: shapes and exit codes that other programs rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_scenarios.cli.app import run_command_line
from esolutions_scenarios.stories.billing import first_year
from esolutions_scenarios.stories.registry import story_names
from esolutions_scenarios.story_runner import open_testbed
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run_command_line(arguments, stopwatch=lambda: 0.0)
    out = capsys.readouterr().out
    return code, json.loads(out) if out.lstrip().startswith("{") else out


def test_list_names_every_story_with_its_promise(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a story for people, one object a story for programs."""
    code, document = _run(capsys, "list", "--json")
    assert code == 0
    assert [story["story"] for story in document["stories"]] == story_names()
    assert all(story["promise"] and story["worlds"] for story in some(document["stories"]))


def test_run_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The shape is a public interface."""
    code, document = _run(capsys, "run", "server_outage", "--json", "--seed", "3")
    assert code == 0
    assert {"story", "world", "seed", "passed", "transcript", "sizes"} <= set(document)
    assert (document["story"], document["world"], document["seed"]) == ("server_outage", "memory", 3)
    assert document["passed"] is True
    assert document["transcript"]
    assert document["sizes"]


def test_run_writes_a_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The page is where it was asked for."""
    page = tmp_path / "report.html"
    code, _ = _run(capsys, "run", "server_outage", "--report", str(page))
    assert code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_failed_check_is_exit_code_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline must notice."""
    monkeypatch.setattr(first_year, "BILLS", 41)
    monkeypatch.setattr(first_year, "YEAR", first_year.YEAR / 12)
    code, document = _run(capsys, "run", "first_year", "--json")
    assert code == 1
    assert document["passed"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "nothing_of_the_kind"),
        ("run", "first_year", "--world", "moon"),
        ("run", "large_fleet", "--world", "wire"),
        ("run",),
        ("sizes", "--devices", "many"),
        ("swarm", "--sabotage", "nothing_of_the_kind"),
        ("swarm", "--seeds", "0"),
        ("fly",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    """Nothing runs that was asked wrongly."""
    assert run_command_line(arguments, stopwatch=lambda: 0.0) == 2


def test_sizes_prints_published_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight formulas, exact; with no device only those of a sync and of the proxy."""
    code, document = _run(capsys, "sizes", "--devices", "0,1,3", "--json")
    assert code == 0
    assert all(set(row) == {"message", "devices", "published", "measured"} for row in some(document["rows"]))
    assert all(row["published"] == row["measured"] for row in some(document["rows"]))
    assert len([row for row in document["rows"] if row["devices"] == 3]) == 8
    none = {row["message"]: row["measured"] for row in document["rows"] if row["devices"] == 0}
    assert none["sync proxy request response"] == 1425


def test_a_testbed_starts_where_its_setting_says(tmp_path: Path) -> None:
    """Time stands still until it is moved."""
    testbed = open_testbed(first_year.SETTING, "memory", folder=tmp_path)
    try:
        assert testbed.now == first_year.START
    finally:
        testbed.close()
