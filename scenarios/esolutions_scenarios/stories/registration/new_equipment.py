"""A printer that comes later is read and billed once a person has run the wizard again, and not before.

Covers: "If you would like this new device to automatically provide meter reads
    to Xerox you will need to repeat Step 2 in this install guide. [...] Select
    the 'Configuration Wizard' to detect and register the new device."

Story: Two printers are enrolled. On the third day a third one is set up beside
    them. The client goes on with its two and takes no notice. After a week
    somebody runs the configuration wizard, which finds and registers it. The
    administrative systems know it thirty days after it was installed; then it
    is signed up, turned on, and billed with the others.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, device, in_state
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, enter_equipment, old_fleet, open_office, printers, sign_up
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.printers.printer import SimulatedPrinter

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 10
INSTALLED = datetime(2026, 1, 8, 13, 0, tzinfo=UTC)
WIZARD = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
# Thirty days after the day of its installation.
KNOWN = datetime(2026, 2, 7, 9, 0, tzinfo=UTC)
TURNED_ON = KNOWN + timedelta(days=1)
BILLED = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
NEW_SERIAL = "NEW260108"


def with_a_box(seed: int) -> Fleet:
    """Return two printers in use, and one that is to be installed later."""
    old = old_fleet(2, "colour-a3-mfp", "mono-workgroup")(seed)
    new = SimulatedPrinter("colour-a3-mfp", NEW_SERIAL, seed, INSTALLED, "127.0.0.12")
    return Fleet([*old, new])


SETTING = Setting(fleet=with_a_box, start=START)


def run(testbed: Testbed) -> None:
    """Add a printer."""
    old = [serial for serial in printers(testbed) if serial != NEW_SERIAL]
    office = open_office(testbed, anchor_day=BILLING_DAY, serials=old)
    testbed.run_until(INSTALLED)
    enter_equipment(testbed, {NEW_SERIAL: "monthly"}, installed_on=INSTALLED.date(), anchor_day=BILLING_DAY)
    testbed.note(f"{NEW_SERIAL} is installed")
    testbed.run_until(WIZARD)
    testbed.expect("nobody takes notice of it by himself", kept=office.store.devices.get(NEW_SERIAL) is None)
    found = office.discover(testbed.fleet.addresses)
    testbed.expect("the wizard finds it", kept=NEW_SERIAL in found, found=found)
    office.register([NEW_SERIAL])
    testbed.note(f"{NEW_SERIAL} is registered")
    testbed.run_until(KNOWN)
    active = in_state(testbed, "active")
    testbed.expect(
        "it is not turned on before it was signed up", kept=active == sorted(old), found=active, wanted=sorted(old)
    )
    sign_up(testbed, [NEW_SERIAL])
    testbed.run_until(TURNED_ON)
    state = device(testbed, NEW_SERIAL).state
    testbed.expect("a day after the sign-up it is active", kept=state == "active", found=state, wanted="active")
    testbed.run_until(BILLED)
    for serial, months in ((old[0], 2), (old[1], 2), (NEW_SERIAL, 1)):
        count = len(bills_at(testbed, serial))
        testbed.expect(
            f"{serial} has {months} bills of its impressions", kept=count == months, found=count, wanted=months
        )
    _expect_no_earlier_impressions(testbed)


def _expect_no_earlier_impressions(testbed: Testbed) -> None:
    """The first bill counts from the opening reading, taken when a person consented."""
    opened = testbed.printer(NEW_SERIAL).counters_at(WIZARD)["Total Impressions"]
    first = bills_at(testbed, NEW_SERIAL)[:1]
    counted = [bill.value - bill.impressions for bill in first]
    testbed.expect(
        "its first bill starts at the reading of its registration",
        kept=counted == [opened],
        found=counted,
        wanted=[opened],
    )
