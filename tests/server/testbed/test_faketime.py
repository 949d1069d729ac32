"""What programs under libfaketime are told of a testbed's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def told(tmp_path: Path, bed: Bed) -> Path:
    """Give the file of the default namespace."""
    assert bed.instrument.default.clock.state.is_real
    return tmp_path / "faketime"


def test_the_file_follows_the_clock(bed: Bed, told: Path) -> None:
    """A moment where it stands, an offset where it goes; each in libfaketime's form."""
    namespace = bed.instrument.default
    assert told.read_text() == "+0.000\n"
    namespace.move_to(START)
    assert told.read_text() == "2026-02-01 09:00:00\n"
    namespace.advance(timedelta(days=1, seconds=1))
    assert told.read_text() == "2026-02-02 09:00:01\n"
    namespace.run(60)
    bed.real.move(minutes=1)
    namespace.run_due_work()
    offset = (namespace.clock() - bed.real()).total_seconds()
    assert told.read_text() == f"+{offset:.3f}\n"
    namespace.let_go()
    assert told.read_text() == "+0.000\n"


def test_each_namespace_has_its_file_as_long_as_it_is_there(bed: Bed, tmp_path: Path) -> None:
    """Beside the default one's."""
    bed.instrument.add("left").move_to(START)
    assert (tmp_path / "faketime-left").read_text() == "2026-02-01 09:00:00\n"
    assert (tmp_path / "faketime").read_text() == "+0.000\n"
    bed.instrument.remove("left")
    assert not (tmp_path / "faketime-left").exists()


def test_the_file_goes_with_the_testbed(tmp_path: Path) -> None:
    """A program that starts later does not go by a clock that is gone."""
    bed = Bed(tmp_path)
    assert (tmp_path / "faketime").exists()
    bed.instrument.close()
    assert not (tmp_path / "faketime").exists()
