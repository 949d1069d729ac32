"""A store in a folder of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "data" / "client.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def moment() -> datetime:
    """When everything happens."""
    return datetime(2026, 3, 1, 2, 17, tzinfo=UTC)
