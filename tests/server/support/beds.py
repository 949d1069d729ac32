"""The fixture of a testbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    """Give a testbed; what it did not foresee fails the test."""
    made = Bed(tmp_path)
    yield made
    made.instrument.close()
    assert not made.errors, "the admin API met an error that nobody had foreseen"
