"""The page about security names proofs that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.registry import INVARIANTS
from esolutions_scenarios.swarm.sabotage.catalogue import SABOTAGES
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_CODE = re.compile(r"`([^`\n]+)`")


def rows(root: Path) -> list[list[str]]:
    """Return the rows of the tables of the page: threat, defence, proof."""
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:2] == "| "]
    return [row for row in cells if row != ["threat", "defence", "proven by"]]


def is_there(root: Path, proof: str) -> bool:
    """Whether something in code type in the last column is a test, a file of tests, a sabotage or an invariant."""
    path, _, name = proof.partition("::")
    if proof.startswith("test_"):
        return any(f"def {proof}(" in file.read_text(encoding="utf-8") for file in (root / "tests").rglob("test_*.py"))
    if not path.startswith("tests/"):
        return proof in SABOTAGES or proof in INVARIANTS
    return (root / path).exists() and (not name or f"def {name}(" in (root / path).read_text(encoding="utf-8"))


def test_every_threat_has_a_defence_and_a_proof_that_is_there(pytestconfig: pytest.Config) -> None:
    """A test by its node id, a file of tests, a sabotage that the swarm finds, or an invariant of it."""
    found = rows(pytestconfig.rootpath)
    assert len(found) > 40
    for row in some(found):
        assert len(row) == 3, row
        proofs = _CODE.findall(row[2])
        assert proofs, row
        assert [proof for proof in proofs if not is_there(pytestconfig.rootpath, proof)] == [], row[0]


def test_what_is_not_there_is_found_to_be_missing(pytestconfig: pytest.Config) -> None:
    """The test above can fail."""
    root = pytestconfig.rootpath
    assert not is_there(root, "tests/server/service/test_identity.py::test_that_nobody_wrote")
    assert not is_there(root, "tests/server/test_that_nobody_wrote.py")
    assert not is_there(root, "no-such-sabotage")
    assert not is_there(root, "test_that_nobody_wrote_anywhere")


def test_the_page_says_what_is_not_defended(pytestconfig: pytest.Config) -> None:
    """Somebody who reads only what is good would be misled."""
    page = (pytestconfig.rootpath / "docs" / "security.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^- \*\*", page.partition("## What is not defended")[2], re.MULTILINE)) >= 5
