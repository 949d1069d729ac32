"""The same fault objects act in both worlds, on real sockets as in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.checks.verdicts import judge
from esolutions_scenarios.faults import http, machine, printer, snmp
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers
from esolutions_scenarios.testbed.transcript import transcript

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esolutions_scenarios.story_runner import WorldName
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

_ELSEWHERE, _SECRET = "127.0.0.77", "secret"
_SETTING = Setting(
    fleet=old_fleet(2, "nominal", "small-phaser"),
    start=START,
    spare_addresses=(_ELSEWHERE,),
    spare_communities=(_SECRET,),
)
_A_WHILE = timedelta(hours=5)
_SNMP_FAULTS = (
    snmp.Drop(),
    snmp.Garbage(),
    snmp.Truncate(1),
    snmp.WrongAddress(),
    snmp.TooBig(),
    snmp.EndlessWalk(),
    snmp.NullRow("1.3"),
)
_HTTP_FAULTS = (
    http.Chain(http.Repeat(), http.LoseReply()),
    http.CutRequest(700),
    http.Garbage(),
    http.HttpError(503),
    http.AlterResponse(b">Accepted<", b">Refused<"),
)
_MACHINE_FAULTS = (
    machine.PowerOff(),
    machine.Restart(),
    machine.CrashAtCommit(2, "after"),
    machine.DiskFull(),
    machine.WrongClock(timedelta(hours=-2)),
)
_PRINTER_FAULTS = (
    printer.Off(),
    printer.Asleep(),
    printer.OtherCommunity(_SECRET),
    printer.Move(_ELSEWHERE),
)


def _lay_on_the_ways(testbed: Testbed, office: Machine) -> None:
    """Lay every fault on its way in turn, and take it away."""
    for fault in _SNMP_FAULTS:
        # One printer only: of two that claim the same garbled serial number, the first to answer would decide.
        office.net.break_printers(fault, [testbed.fleet.addresses[0]])
        testbed.run_for(_A_WHILE)
        office.net.lift(fault)
    for answerless in _HTTP_FAULTS:
        with office.net.server_broken(answerless):
            testbed.run_for(_A_WHILE)


def _happen_to_things(testbed: Testbed, office: Machine) -> None:
    """Let every fault happen to its thing in turn, and end it."""
    first, second = testbed.fleet.printers
    office.discover((*testbed.fleet.addresses, _ELSEWHERE))
    for fault in _MACHINE_FAULTS:
        end = fault(office)
        testbed.run_for(_A_WHILE)
        end()
    for incident in _PRINTER_FAULTS:
        end = incident(testbed, second)
        testbed.run_for(_A_WHILE)
        end()
    machine.ServerRestart()(testbed.world)
    testbed.administration.request_billing(first.serial)
    testbed.run_for(ONE_DAY)


def _live(world: WorldName, folder: Path, act: Callable[[Testbed, Machine], None]) -> list[object]:
    """Ask for meters, let things go wrong, and see that all was answered."""
    folder.mkdir()
    testbed = open_testbed(_SETTING, world, folder=folder)
    try:
        office = open_office(testbed)
        for serial in printers(testbed):
            testbed.administration.request_billing(serial)
        act(testbed, office)
        testbed.run_for(2 * ONE_DAY)
        assert {request.state for request in testbed.administration.every.requests()} == {"answered"}
        assert {bill.serial for bill in testbed.administration.every.bills()} == set(printers(testbed))
        assert not [verdict for verdict in judge(testbed) if not verdict.passed]
        return [entry.as_json() for entry in transcript(testbed)]
    finally:
        testbed.close()


@pytest.mark.wire
@pytest.mark.parametrize("act", [_lay_on_the_ways, _happen_to_things])
def test_faults_do_the_same_in_both_worlds(act: Callable[[Testbed, Machine], None], tmp_path: Path) -> None:
    """Everything comes right afterwards, and both worlds tell it in the same words."""
    assert _live("memory", tmp_path / "memory", act) == _live("wire", tmp_path / "wire", act)
