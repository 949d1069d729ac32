"""A machine may die at any commit from its first day on, on either side, and nothing is lost or billed twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.swarm.plan import START, PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.run import Run

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


def _live_until_billed(life: Run) -> None:
    """Install, register, sign up, activate and bill; whoever finds the machine off turns it on."""
    for hours in range(2, 48):
        life.testbed.timeline.at(START + hours * _AN_HOUR, lambda: _look_after(life))
    life.move_in()
    life.testbed.run_until(START + 2 * _A_DAY)
    for device in life.testbed.administration.devices():
        life.asked_by_hand.add(device["serial"])
        life.testbed.administration.request_billing(device["serial"])
    life.testbed.run_until(life.plan.end)
    life.calm_down()
    life.watch.look_back()


def _look_after(life: Run) -> None:
    """Turn the machine on, and go on with what was begun."""
    states = [str(device["state"]) for device in life.testbed.administration.devices()]
    is_done = len(states) == len(life.testbed.fleet) and not {"registered", "detected"} & set(states)
    if not life.machine.is_on or not is_done:
        life.machine.power_on()
        life.people.look()


def _expect_all_is_well(life: Run) -> None:
    assert not life.watch.violations
    requests = life.testbed.administration.requests()
    assert {request["serial"] for request in requests} == {printer.serial for printer in life.testbed.fleet}
    assert {request["state"] for request in requests} == {"answered"}


def _live(folder: Path, point: str, commit: int, when: When) -> None:
    life = Run(_PLAN, folder)
    try:
        crash_point: CrashPoint = life.machine.crash_point if point == "client" else life.world.server_crash_point
        crash_point.arm(commit, when)
        _live_until_billed(life)
        assert not crash_point.is_armed, "there were fewer commits than that: the test tried nothing"
        assert life.world.server_restarts == (1 if point == "server" else 0)
        _expect_all_is_well(life)
    finally:
        life.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _CLIENT_COMMITS)
def test_a_client_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The power goes just before or just after the commit; somebody turns the machine on within the hour."""
    _live(tmp_path, "client", commit, when)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", _SERVER_COMMITS)
def test_a_server_that_dies_at_a_commit_loses_nothing(commit: int, when: When, tmp_path: Path) -> None:
    """The server is back at once; the client sends again what it holds no receipt for."""
    _live(tmp_path, "server", commit, when)
