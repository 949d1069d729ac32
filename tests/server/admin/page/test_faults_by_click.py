"""Faults laid and lifted from the live page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_server.admin.page.presets import PRESETS
from esolutions_server.testbed.faults.documents import document_of, fault_of

if TYPE_CHECKING:
    from tests.server.admin.page.support.visitor import Visitor
    from tests.server.support.testbed import Bed


@pytest.mark.parametrize("kind", PRESETS)
def test_a_click_lays_a_fault_for_the_next_messages(bed: Bed, visitor: Visitor, kind: str) -> None:
    """Each button the one that it names, such as the admin API would lay, too."""
    assert visitor.post("/faults/lay", kind=kind, operation="SyncProxy", times="2").status_code == 303
    (laid,) = bed.instrument.default.interference.faults.every()
    document = document_of(laid.fault)
    assert document.pop("kind") == kind
    assert fault_of(kind, document) == laid.fault
    assert (laid.occasions.operations, laid.occasions.times) == (("SyncProxy",), 2)
    assert f"<b>{kind}</b>" in visitor.get("/faults").text


def test_faults_are_lifted_one_by_one_and_all_at_once(bed: Bed, visitor: Visitor) -> None:
    """By their numbers, or without."""
    for _ in range(3):
        visitor.post("/faults/lay", kind="refuse", operation="", times="1")
    visitor.post("/faults/lift", number="2")
    assert [each.number for each in bed.instrument.default.interference.faults.every()] == [1, 3]
    assert visitor.post("/faults/lift", number="2").status_code == 404
    assert visitor.post("/faults/lift", number="x").status_code == 404
    visitor.post("/faults/lift")
    assert not bed.instrument.default.interference.faults.every()


@pytest.mark.parametrize(
    "wrong", [{"kind": "fire"}, {"operation": "Nothing"}, {"times": "0"}, {"times": "-1"}, {"times": "1" * 40}]
)
def test_what_is_no_fault_is_not_laid(bed: Bed, visitor: Visitor, wrong: dict[str, str]) -> None:
    """The page says why."""
    form = {"kind": "refuse", "operation": "", "times": "1"} | wrong
    assert visitor.post("/faults/lay", **form).status_code == 422
    assert not bed.instrument.default.interference.faults.every()
