"""Verification by the admin API, of a server that clients have talked to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.verification import Count, Follows, Matcher, Order, document_of
from esolutions_server.domain.verification.documents import KINDS

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed

VERIFICATION = "/admin/api/verification"
STATUS_AFTER_TURN_ON = Follows(
    Matcher("SyncProxyStatus"), Matcher("TurnOn"), timedelta(hours=24, minutes=10), then_never=True, per="device"
)


def _activated(bed: Bed, hours: float) -> None:
    """Register a device, sign it up, and let its status come so many hours after the command."""
    namespace = bed.instrument.default
    namespace.move_to(datetime(2026, 1, 5, 9, tzinfo=UTC))
    world = bed.world()
    proxy = world.proxy()
    proxy.register("ABC123456")
    world.know("ABC123456")
    namespace.advance(timedelta(hours=1))
    namespace.server.administration.sign_up("ABC123456")
    (command,) = proxy.sync().commands
    namespace.advance(timedelta(hours=hours))
    proxy.status(command["SerialNumber"], command["CommandId"])


def _ask(bed: Bed, *expectations: Any, **more: Any) -> dict[str, Any]:
    documents = [document_of(expectation) for expectation in expectations]
    answer = bed.ask("POST", VERIFICATION, {"expectations": documents, **more})
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json or {}
    return document


def test_what_came_in_time_passes(bed: Bed) -> None:
    """A whole life from registration to activation, in order."""
    _activated(bed, 2)
    names = ("RegisterProxy", "RegisterProxyDevices", "SyncProxy", "TurnOn", "SyncProxyStatus")
    answer = _ask(bed, STATUS_AFTER_TURN_ON, Order(tuple(map(Matcher, names))))
    assert answer["passed"], answer


def test_what_came_late_is_told_with_the_closest_miss(bed: Bed) -> None:
    """By how much, and which exchanges."""
    _activated(bed, 26)
    answer = _ask(bed, STATUS_AFTER_TURN_ON, Count(Matcher("RegisterProxy"), 1, 1))
    assert (answer["passed"], [one["passed"] for one in answer["verdicts"]]) == (False, [False, True])
    (miss,) = answer["verdicts"][0]["misses"]
    assert miss["of"] == "ABC123456"
    assert miss["closest"].startswith("too late by 1 h 50 min: SyncProxyStatus at 2026-01-06T12:00:00Z, exchange")
    assert len(miss["exchanges"]) == 2


def test_only_what_came_since_is_judged(bed: Bed) -> None:
    """A test that begins in the middle is not told of what was before it."""
    _activated(bed, 2)
    now = bed.instrument.default.clock().isoformat()
    assert not _ask(bed, Count(Matcher("RegisterProxy"), at_most=0))["passed"]
    assert _ask(bed, Count(Matcher("RegisterProxy"), at_most=0), since=now)["passed"]


def test_what_is_no_expectation_is_refused(bed: Bed) -> None:
    """With its key."""
    answer = bed.ask("POST", VERIFICATION, {"expectations": [{"kind": "count", "message": {"name": "SyncProxy"}}]})
    assert (answer.status_code, "at_least" in answer.text) == (422, True)
    assert bed.ask("POST", VERIFICATION, {"expectations": []}).status_code == 422
    kinds = bed.ask("GET", "/admin/api/openapi.json").json
    assert kinds is not None
    assert kinds["components"]["schemas"]["Expectation"]["properties"]["kind"]["enum"] == list(KINDS)
