"""The decision records have one form, and their index lists them all."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

_SECTIONS = ["Context", "Options", "Decision", "Consequences"]
_TITLE = re.compile(r"# (\d+)\. (.+)")
_STATUS = re.compile(r"Status: (?:proposed|accepted|superseded by \[\d+\]\(\S+\)) · Date: (\d{4}-\d{2}-\d{2})")
_ROW = re.compile(r"\| (\d+) \| \[(.+)\]\((\S+)\) \| (\S+) \|")


@pytest.fixture
def folder(pytestconfig: pytest.Config) -> Path:
    """Where the records are."""
    return pytestconfig.rootpath / "docs" / "decisions"


def test_every_decision_has_a_status_a_date_and_the_four_sections(folder: Path) -> None:
    """None of them is empty: whoever reads one learns what else could have been done, and what follows."""
    records = sorted(folder.glob("0*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    assert records
    for record in some(records):
        title, _, status, *lines = record.read_text(encoding="utf-8").splitlines()
        named, dated = _TITLE.fullmatch(title), _STATUS.fullmatch(status)
        assert named, record.name
        assert dated, record.name
        assert int(named[1]) == int(record.name[:4]), record.name
        assert date.fromisoformat(dated[1]), record.name
        sections = re.split(r"^## ", "\n".join(lines), flags=re.MULTILINE)[1:]
        contents = dict(section.split("\n", 1) for section in sections)
        assert [name for name in contents if name in _SECTIONS] == _SECTIONS, record.name
        assert all(content.strip() for content in some(contents.values())), record.name


def test_the_index_lists_every_decision(folder: Path) -> None:
    """Under its number, title and date, in order."""
    listed = _ROW.findall((folder / "README.md").read_text(encoding="utf-8"))
    found = []
    for record in some(sorted(folder.glob("0*.md"))):
        text = record.read_text(encoding="utf-8")
        named, dated = _TITLE.search(text), _STATUS.search(text)
        assert named, record.name
        assert dated, record.name
        found.append((named[1], named[2], record.name, dated[1]))
    assert listed == found
