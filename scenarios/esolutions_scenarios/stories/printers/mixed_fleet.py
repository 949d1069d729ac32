"""Printers of every make and with every quirk are found, read and billed side by side.

Covers: "SNMPv2 is used to read the MIBs, which contain the meter read values for
    billing and supplies usage data for replenishment."

Story: One printer of every model stands in the office: large and small, of
    Xerox, Fuji Xerox and another maker, old ones that speak SNMPv1 only, and
    those whose tables lack rows, never end, or answer a walk but no GET. A
    person looks for them twice, the second time in the old language. All are
    enrolled, and a month later every one of them is billed with the values it
    showed, whatever its neighbours do. One has a meter that nobody can read:
    its bill waits for a person, who accepts it without that meter.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import reading_times
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, enrol, old_fleet, open_account, printers
from esolutions_simulators.models import model_names

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
END = datetime(2026, 1, 13, 9, 0, tzinfo=UTC)
LAST_DAY = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
POLLS_A_DAY = 12

SETTING = Setting(fleet=old_fleet(len(model_names()), *model_names()), start=START)


def run(testbed: Testbed) -> None:
    """Enrol and bill one of each."""
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"), anchor_day=BILLING_DAY)
    office = testbed.install()
    addresses = testbed.fleet.addresses
    found = {*office.discover(addresses), *office.discover(addresses, version="1")}
    missing = [_model(testbed, serial) for serial in serials if serial not in found]
    testbed.expect("a printer of every model is found", kept=not missing, found=missing)
    enrol(testbed, office, serials)
    testbed.run_until(END)
    reasons = {value.command_id: str(value.reason) for value in testbed.administration.every.held()}
    others = [reason for reason in reasons.values() if "cannot be read" not in reason]
    testbed.expect("only what cannot be read waits for a person", kept=not others, found=others)
    for command_id in reasons:
        testbed.administration.accept_held(command_id)
    billed = {bill.serial for bill in testbed.administration.every.bills()}
    unbilled = [_model(testbed, serial) for serial in serials if serial not in billed]
    testbed.expect("a printer of every model is billed", kept=not unbilled, found=unbilled)
    skipped = [
        _model(testbed, serial) for serial in serials if len(reading_times(office, serial, LAST_DAY, END)) < POLLS_A_DAY
    ]
    testbed.expect("every one of them is read at every poll", kept=not skipped, found=skipped)
    _expect_all_meters(testbed, serials)


def _expect_all_meters(testbed: Testbed, serials: list[str]) -> None:
    """Every lifetime meter of a printer is on its bill."""
    for serial in serials:
        expected = set(testbed.printer(serial).counters_at(testbed.now))
        bills = {bill.meter for bill in testbed.administration.every.bills(serial)}
        named = {"prtMarkerLifeCount" if name == "Marker Life Count" else name for name in bills}
        lacking = sorted(expected - named)
        testbed.expect(f"all meters of the {_model(testbed, serial)} are billed", kept=not lacking, found=lacking)


def _model(testbed: Testbed, serial: str) -> str:
    return testbed.printer(serial).model.name
