"""Another machine stands where a printer stood: nothing is billed for the wrong one, and the new one is registered.

Covers: "What if one of my devices has to be replaced? To activate Smart
    eSolutions for the replacement device follow the process for installing a
    new device, described above."

Story: Two printers are billed on the 12th. On the 9th the second is carried
    away and another machine of its kind is put at its address. The client
    notices that another serial number answers: it reads nothing more for the
    old one and only lists the new one. The 12th passes without a bill for
    either. On the 16th a person registers the new machine; the client tells
    the server that the old one was replaced, and the key user has one mail
    that says so. From then on the new one is read, and billed from its own
    opening reading on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, device, events, exchanges, mails, reading_times, requests_of
from esolutions_scenarios.faults.printer import Replace
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import (
    KEY_USER,
    ONE_DAY,
    START,
    enrol,
    enter_equipment,
    happen,
    old_fleet,
    open_office,
    printers,
)

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
REPLACED = datetime(2026, 1, 9, 14, 0, tzinfo=UTC)
REGISTERED = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
END = datetime(2026, 2, 12, 9, 0, tzinfo=UTC)
NEW_SERIAL = "RPL260109"
NEW_SEED = 71
A_POLL_LATER = timedelta(hours=2)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp"), start=START)


def run(testbed: Testbed) -> None:
    """Replace a printer."""
    stays, goes = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(REPLACED)
    happen(testbed, goes, Replace(NEW_SERIAL, NEW_SEED))
    testbed.run_until(REGISTERED)
    _expect_nothing_wrong(testbed, office, goes)
    enter_equipment(testbed, {NEW_SERIAL: "monthly"}, anchor_day=BILLING_DAY)
    enrol(testbed, office, [NEW_SERIAL])
    testbed.run_until(END)
    _expect_new_life(testbed, office, goes)
    testbed.expect("the other printer is billed each month", kept=len(bills_at(testbed, stays)) == 2)
    differs = [entry for entry in exchanges(testbed, REGISTERED + ONE_DAY, END) if "fleet differs" in entry.note]
    testbed.expect("client and server mean the same printers again", kept=not differs, found=differs)


def _expect_nothing_wrong(testbed: Testbed, office: Machine, goes: str) -> None:
    after = reading_times(office, goes, REPLACED, REGISTERED)
    testbed.expect("nothing more is read for the old machine", kept=not after, found=after)
    found = office.store.devices.get(NEW_SERIAL)
    testbed.expect("the new one is listed, not registered", kept=found is not None and found.state == "discovered")
    noted = events(office, "discovered", NEW_SERIAL)
    testbed.expect("its arrival is noted once", kept=len(noted) == 1, found=noted)
    open_requests = requests_of(testbed, goes, state="open")
    testbed.expect("the request for the old one stays unanswered", kept=len(open_requests) == 1)
    bills = [bill for serial in (goes, NEW_SERIAL) for bill in testbed.administration.every.bills(serial)]
    testbed.expect("neither of the two is billed", kept=not bills, found=bills)


def _expect_new_life(testbed: Testbed, office: Machine, goes: str) -> None:
    old = office.store.devices.get(goes)
    is_replaced = old is not None and (old.state, old.replaced_by) == ("replaced", NEW_SERIAL)
    testbed.expect("the client knows by what the old one was replaced", kept=is_replaced)
    state = device(testbed, goes).state
    testbed.expect("so does the server", kept=state == "replaced", found=state, wanted="replaced")
    told = mails(testbed, KEY_USER, goes, "was replaced")
    testbed.expect("the key user is told once", kept=len(told) == 1, found=told)
    asked = requests_of(testbed, goes, state="open")
    testbed.expect("the old one is asked for no more", kept=not asked, found=asked)
    testbed.expect("the old machine was never billed again", kept=not list(testbed.administration.every.bills(goes)))
    opened = testbed.printer(NEW_SERIAL).counters_at(REGISTERED)["Total Impressions"]
    bills = bills_at(testbed, NEW_SERIAL)
    counted = [bill.value - bill.impressions for bill in bills]
    testbed.expect("the new one is billed from its own first reading on", kept=counted == [opened], found=bills)
