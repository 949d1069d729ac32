"""The pages for developers name files and tests that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

_ROOTS = ("client", "server", "simulators", "scenarios", "tests", "docs", ".ci")
_FILES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "constraints.txt", "Makefile")
_CODE = re.compile(r"`([^`\n]+)`")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def pages(root: Path) -> list[Path]:
    """Return the pages that are held to it."""
    return [
        root / "CONTRIBUTING.md",
        root / "docs" / "extending.md",
        *sorted((root / "docs" / "decisions").glob("*.md")),
    ]


def test_every_path_that_a_page_names_is_there(pytestconfig: pytest.Config) -> None:
    """Whoever is sent to a file finds it."""
    root = pytestconfig.rootpath
    named = 0
    for page in some(pages(root)):
        words = [word for code in _CODE.findall(page.read_text(encoding="utf-8")) for word in code.split()]
        paths = [word.partition("::")[0] for word in words if word.partition("/")[0] in (*_ROOTS, *_FILES)]
        missing = [path for path in paths if not (root / path).exists()]
        assert not missing, page.name
        named += len(paths)
    assert named > 50


def test_every_test_that_a_page_names_is_there(pytestconfig: pytest.Config) -> None:
    """Whoever is told that a test fails until something is done can run it."""
    root = pytestconfig.rootpath
    named = {found for page in pages(root) for found in _TEST.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 10
    missing = [
        f"{path}::{name}" for path, name in named if f"def {name}(" not in (root / path).read_text(encoding="utf-8")
    ]
    assert not missing


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/extending.md"])
def test_every_target_of_make_that_a_page_names_is_there(page: str, pytestconfig: pytest.Config) -> None:
    """And `make help` says what each does."""
    root = pytestconfig.rootpath
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([\w-]+)", (root / page).read_text(encoding="utf-8")))
    assert named
    assert {target for target in named if f"\n{target}:" not in makefile or f'"make {target} ' not in makefile} == set()
