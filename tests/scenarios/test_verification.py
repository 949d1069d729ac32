"""Stories that state which messages have to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.verdicts import explained, judge
from esolutions_scenarios.testbed.office import open_office
from esolutions_server.domain.verification import Count, Follows, Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.testbed import Testbed

STATUS = Follows(Matcher("SyncProxyStatus"), Matcher("TurnOn"), timedelta(hours=1), then_never=True, per="device")


def test_what_came_as_it_should_is_an_expectation_that_is_kept(testbed: Callable[..., Testbed]) -> None:
    """Judged with the others of the story."""
    bed = testbed(printers=2)
    open_office(bed)
    bed.verify(STATUS, Count(Matcher("RegisterProxyDevices"), at_least=1))
    assert [verdict.passed for verdict in judge(bed) if verdict.check == "story"] == [True, True]


def test_what_did_not_come_fails_the_story_with_the_closest_miss(testbed: Callable[..., Testbed]) -> None:
    """In the words of the engine."""
    bed = testbed(printers=1)
    open_office(bed)
    bed.verify(Count(Matcher("SyncProxy"), at_least=3))
    told = explained(judge(bed))
    assert "at least 3 SyncProxy, for each client" in told
    assert "there were 1, the last SyncProxy at 2026-01-06T" in told
    bed.expectations.clear()
