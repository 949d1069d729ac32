"""The same fault objects act in both worlds, on real sockets as in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.checks.invariants import judge
from esolutions_scenarios.faults import http, snmp
from esolutions_scenarios.runner import open_testbed
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers
from esolutions_scenarios.testbed.transcript import transcript

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_scenarios.runner import WorldName

_SETTING = Setting(fleet=old_fleet(2, "nominal", "small-phaser"), start=START)
_A_WHILE = timedelta(hours=5)
_SNMP_FAULTS = (snmp.Drop(), snmp.Garbage(), snmp.Truncate(1), snmp.WrongAddress(), snmp.TooBig(), snmp.EndlessWalk())
_HTTP_FAULTS = (
    http.Chain(http.Repeat(), http.LoseReply()),
    http.CutRequest(700),
    http.Garbage(),
    http.HttpError(503),
    http.AlterAnswer(b">Accepted<", b">Refused<"),
)


def _live(world: WorldName, folder: Path) -> list[object]:
    """Ask for meters, lay every fault on the way in turn, take them away, and see that all was answered."""
    testbed = open_testbed(_SETTING, world, folder=folder)
    try:
        office = open_office(testbed)
        for serial in printers(testbed):
            testbed.administration.request_billing(serial)
        for fault in _SNMP_FAULTS:
            # One printer only: of two that claim the same garbled serial number, whoever answers first would decide.
            office.net.break_printers(fault, [testbed.fleet.addresses[0]])
            testbed.run_for(_A_WHILE)
            office.net.lift(fault)
        for answerless in _HTTP_FAULTS:
            with office.net.server_broken(answerless):
                testbed.run_for(_A_WHILE)
        testbed.run_for(2 * ONE_DAY)
        states = [request["state"] for request in testbed.administration.requests()]
        assert states == ["answered"] * len(printers(testbed))
        assert not [verdict for verdict in judge(testbed) if not verdict.passed]
        return [entry.as_json() for entry in transcript(testbed)]
    finally:
        testbed.close()


@pytest.mark.wire
def test_faults_do_the_same_in_both_worlds(tmp_path: Path) -> None:
    """Everything comes right afterwards, and both worlds tell it in the same words."""
    told = []
    for world in ("memory", "wire"):
        folder = tmp_path / world
        folder.mkdir()
        told.append(_live("wire" if world == "wire" else "memory", folder))
    assert told[0] == told[1]
