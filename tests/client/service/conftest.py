"""One client before a real server and simulated printers, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def new_office(tmp_path: Path) -> Iterator[Office]:
    """A machine with two printers that are not registered."""
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture
def office(new_office: Office) -> Office:
    """The same, with both printers active."""
    new_office.enrol()
    assert [device.state for device in new_office.store.devices.all()] == ["active", "active"]
    return new_office
