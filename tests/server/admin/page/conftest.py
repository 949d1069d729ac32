"""A testbed, and a browser without script that was opened with the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.admin.page.support.visitor import Visitor
from tests.server.support.beds import bed

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed

__all__ = ["bed"]


@pytest.fixture
def visitor(bed: Bed) -> Visitor:
    """Give a visitor of the page."""
    return Visitor(bed)
