"""A machine may die at any commit from its first day on, on either side, and nothing is lost or billed twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.swarm.plan import START, PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.runs.run import Run

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_scenarios.faults.crash import CrashPoint, When

_PLAN = RunPlan(seed=7, days=3, printers=(PlannedPrinter("nominal"), PlannedPrinter("small-phaser")))
_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)
# As many as each side makes from its installation until the first bills are acknowledged; a few for everyday work.
_FEW = 12
_CLIENT_COMMITS = [
    pytest.param(commit, marks=() if commit % _FEW == 1 else pytest.mark.slow) for commit in range(1, 131)
]
_SERVER_COMMITS = [
    pytest.param(commit, marks=() if commit % _FEW == 1 else pytest.mark.slow) for commit in range(1, 20)
]


def _run_until_billed(run: Run) -> None:
    """Install, register, sign up, activate and bill; a person who finds the machine off turns it on."""
    for hours in range(2, 48):
        run.site.testbed.timeline.at(START + hours * _AN_HOUR, lambda: _look_after(run))
    run.move_in()
    run.site.testbed.run_until(START + 2 * _A_DAY)
    for device in run.site.testbed.administration.every.devices():
        run.site.asked_by_hand.add(device.serial)
        run.site.testbed.administration.request_billing(device.serial)
    run.site.testbed.run_until(run.plan.end)
    run.quiesce()
    run.checks.check_end()


def _look_after(run: Run) -> None:
    """Turn the machine on, and go on with what was begun."""
    states = [str(device.state) for device in run.site.testbed.administration.every.devices()]
    is_done = len(states) == len(run.site.testbed.fleet) and not {"registered", "detected"} & set(states)
    if not run.site.machine.is_on or not is_done:
        run.site.machine.power_on()
        run.people.look()


def _expect_all_is_well(run: Run) -> None:
    assert not run.checks.violations
    requests = list(run.site.testbed.administration.every.requests())
    assert {request.serial for request in requests} == {printer.serial for printer in run.site.testbed.fleet}
    assert {request.state for request in requests} == {"answered"}


def _live(folder: Path, point: str, commit: int, when: When) -> None:
    run = Run(_PLAN, folder)
    try:
        crash_point: CrashPoint = (
            run.site.machine.crash_point if point == "client" else run.site.world.server_crash_point
        )
        crash_point.arm(commit, when)
        _run_until_billed(run)
        assert not crash_point.is_armed, "there were fewer commits than that: the test tried nothing"
        assert run.site.world.server_restarts == (1 if point == "server" else 0)
        _expect_all_is_well(run)
    finally:
        run.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _CLIENT_COMMITS)
def test_a_client_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The power goes just before or just after the commit; a person turns the machine on within the hour."""
    _live(tmp_path, "client", commit, when)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _SERVER_COMMITS)
def test_a_server_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The server is back at once; the client sends again what it holds no receipt for."""
    _live(tmp_path, "server", commit, when)
