"""One testbed at a time serves from a data directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_server.service.errors import StartError
from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_testbed_takes_nothing_from_the_first(tmp_path: Path) -> None:
    """It is told who has the directory, and the namespaces of the first are there as before."""
    first = Bed(tmp_path)
    first.instrument.add("a")
    files = sorted(tmp_path.rglob("*"))
    with pytest.raises(StartError, match=r"a testbed serves from .* already: end it, take another --data-dir"):
        Bed(tmp_path)
    assert sorted(tmp_path.rglob("*")) == files
    first.instrument.close()
    Bed(tmp_path).instrument.close()


def test_a_testbed_that_could_not_start_gives_the_directory_back(tmp_path: Path) -> None:
    """Whatever it was that kept it from starting."""
    (tmp_path / "server.sqlite").write_text("no database")
    for _ in range(2):
        with pytest.raises(StartError, match="cannot be used"):
            Bed(tmp_path)


def test_what_a_killed_testbed_left_of_its_namespaces_is_gone(tmp_path: Path) -> None:
    """No program goes by the time of a namespace that is not there."""
    (tmp_path / "faketime-left").write_text("2026-02-01 09:00:00\n")
    (tmp_path / "namespaces").mkdir()
    (tmp_path / "namespaces" / "left.sqlite").touch()
    Bed(tmp_path).instrument.close()
    assert not list(tmp_path.glob("faketime-*"))
    assert not (tmp_path / "namespaces").exists()


def test_where_none_can_write_none_serves(tmp_path: Path) -> None:
    """With a sentence."""
    with pytest.raises(StartError, match="a testbed cannot serve from"):
        Bed(tmp_path / "missing")
