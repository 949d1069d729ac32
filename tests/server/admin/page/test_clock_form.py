"""The clock of the live page: buttons, and a field for spans, moments and speeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.admin.page.support.visitor import Visitor
    from tests.server.support.testbed import Bed


def test_the_clock_is_frozen_advanced_set_sped_up_and_let_go(bed: Bed, visitor: Visitor) -> None:
    """By forms; the page shows it."""
    clock = bed.instrument.default.clock
    visitor.post("/clock", do="freeze")
    before = clock()
    visitor.post("/clock", do="advance", value="1d12h")
    assert clock() == before + timedelta(hours=36)
    visitor.post("/clock", do="set", value="2027-01-31T09:00")
    assert clock() == datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert "2027-01-31 09:00:00 Z" in visitor.get().text
    visitor.post("/clock", do="speed", value="3600")
    assert clock.state.speed == 3600
    assert "3600 times as fast" in visitor.get().text
    visitor.post("/clock", do="real")
    assert clock.state.is_real


@pytest.mark.parametrize(
    ("do", "value"),
    [
        ("advance", ""),
        ("advance", "<b>"),
        ("set", "soon"),
        ("set", "9999-01-01"),
        ("speed", "x"),
        ("speed", "nan"),
        ("", ""),
    ],
)
def test_what_no_clock_does_is_refused_with_the_reason(bed: Bed, visitor: Visitor, do: str, value: str) -> None:
    """On a page, as text."""
    answer = visitor.post("/clock", do=do, value=value)
    assert answer.status_code == 422
    assert "<b>" not in answer.text
    assert bed.instrument.default.clock.state.is_real


def test_a_namespace_has_a_page_and_a_clock_of_its_own(bed: Bed, visitor: Visitor) -> None:
    """By the same cookie; the first page leads there."""
    bed.instrument.add("two")
    assert "/ns/two/testbed" in visitor.get().text
    visitor.path = "/ns/two/testbed"
    assert visitor.post("/clock", do="freeze").headers["Location"] == "/ns/two/testbed"
    assert bed.instrument.namespace("two").clock.state.speed == 0
    assert bed.instrument.default.clock.state.is_real
    visitor.path = "/ns/none/testbed"
    assert visitor.get().status_code == 404
