"""Registration, activation, a billing cycle, an outage and a replacement happen on printers that snmpsim serves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.checks.records import bills_at, device, in_state
from esolutions_scenarios.faults.printer import Off, Replace
from esolutions_scenarios.stories.registry import Setting, Story
from esolutions_scenarios.story_runner import run_story
from esolutions_scenarios.testbed.office import (
    ONE_DAY,
    START,
    enrol,
    enter_equipment,
    happen,
    old_fleet,
    open_account,
    printers,
)
from esolutions_scenarios.worlds.wire import WireWorld
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

pytestmark = pytest.mark.wire

BILLING_DAY = 7
# Before its period ends: a bill is asked for that nobody can answer, and the server hears why.
REPLACED = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)
# Off over the end of the period, and back when the others are billed.
OFF, BACK = datetime(2026, 1, 6, 21, 0, tzinfo=UTC), datetime(2026, 1, 7, 15, 0, tzinfo=UTC)
REGISTERED = datetime(2026, 1, 8, 9, 0, tzinfo=UTC)
END = REGISTERED + ONE_DAY
NEW_SERIAL = "RPL260107"
LIFECYCLES = {"registration", "activation", "a billing cycle", "an outage", "a replacement"}


def run(testbed: Testbed) -> None:
    """Live through all of it in four days."""
    stays, breaks, goes = serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"), anchor_day=BILLING_DAY)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    enrol(testbed, office, serials)
    registered = in_state(testbed, "signed up") + in_state(testbed, "activating") + in_state(testbed, "active")
    testbed.expect("registration", kept=sorted(registered) == sorted(serials), found=registered)
    testbed.run_for(ONE_DAY)
    testbed.expect("activation", kept=in_state(testbed, "active") == sorted(serials), found=in_state(testbed, "active"))
    testbed.run_until(REPLACED)
    happen(testbed, goes, Replace(NEW_SERIAL, 71))
    testbed.run_until(OFF)
    repaired = happen(testbed, breaks, Off())
    testbed.run_until(BACK)
    billed = {serial: len(bills_at(testbed, serial)) for serial in serials}
    testbed.expect("a billing cycle", kept=billed == {stays: 1, breaks: 0, goes: 0}, found=billed)
    repaired()
    testbed.run_until(REGISTERED)
    testbed.expect("an outage", kept=len(bills_at(testbed, breaks)) == 1, found=bills_at(testbed, breaks))
    enter_equipment(testbed, {NEW_SERIAL: "monthly"}, anchor_day=BILLING_DAY)
    enrol(testbed, office, [NEW_SERIAL])
    testbed.run_until(END)
    states = [device(testbed, serial).state for serial in (goes, NEW_SERIAL)]
    testbed.expect("a replacement", kept=states == ["replaced", "active"], found=states)


STORY = Story(
    "a_short_life",
    "Printers are registered, activated, billed, repaired and replaced within four days",
    "",
    "",
    ("memory", "wire"),
    Setting(fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "quirk-odd-text"), start=START),
    run,
)


def test_each_lifecycle_runs_on_printers_that_snmpsim_serves() -> None:
    """Over real UDP and HTTPS, with every standing check, and to the word as in memory."""
    engines: list[str] = []

    def look(testbed: Testbed) -> None:
        assert isinstance(testbed.world, WireWorld)
        engines.append(testbed.world.printer_engine)

    lived = run_story(STORY, "wire", printer_engine="snmpsim", look=look)
    assert engines == ["snmpsim"]
    assert lived.passed, lived.explained
    assert {verdict.promise for verdict in lived.verdicts if verdict.passed} >= LIFECYCLES
    memory = run_story(STORY, "memory")
    assert some([entry.as_json() for entry in lived.transcript]) == [entry.as_json() for entry in memory.transcript]
