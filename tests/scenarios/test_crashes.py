"""A machine may die at any commit, on either side, and nothing is lost or billed twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.checks.invariants import judge
from esolutions_scenarios.runner import open_testbed
from esolutions_scenarios.stories.first_year import SETTING
from esolutions_scenarios.testbed.office import enrol, open_account, printers
from esolutions_scenarios.worlds.memory import MemoryWorld

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_scenarios.faults.crash import When
    from esolutions_scenarios.testbed.testbed import Testbed

# A day with polls, a sync, five billing requests and their answers takes the client about forty commits.
_CLIENT_COMMITS = range(1, 42, 2)
_SERVER_COMMITS = range(1, 4)
_DAY = timedelta(days=1)


def _billing_day(folder: Path) -> Testbed:
    """Return a testbed on the morning of a day on which every printer is asked for its meters."""
    testbed = open_testbed(SETTING, "memory", folder=folder)
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"))
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    enrol(testbed, office, serials)
    testbed.run_for(_DAY)
    for serial in serials:
        testbed.administration.request_billing(serial)
    return testbed


def _expect_all_billed_once(testbed: Testbed) -> None:
    requests = testbed.administration.requests()
    assert [request["state"] for request in requests] == ["answered"] * len(SETTING.fleet(1))
    assert not [verdict for verdict in judge(testbed) if not verdict.passed]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _CLIENT_COMMITS)
def test_a_client_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The power goes just before or just after the commit; an hour later it is back."""
    testbed = _billing_day(tmp_path)
    try:
        office = testbed.machines[0]
        before = office.store.readings.count()
        office.crash_point.arm(commit, when)
        testbed.run_for(_DAY)
        died = not office.is_on
        office.crash_point.disarm()
        office.power_on()
        testbed.run_for(2 * _DAY)
        assert died or commit > 20, "there were fewer commits than that: the test tried nothing"
        assert office.store.readings.count() > before
        _expect_all_billed_once(testbed)
    finally:
        testbed.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _SERVER_COMMITS)
def test_a_server_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The server is back at once; the client sends again what it holds no receipt for."""
    testbed = _billing_day(tmp_path)
    try:
        assert isinstance(testbed.world, MemoryWorld)
        testbed.world.server_crash_point.arm(commit, when)
        testbed.run_for(3 * _DAY)
        assert testbed.world.server_restarts == 1
        _expect_all_billed_once(testbed)
    finally:
        testbed.close()
