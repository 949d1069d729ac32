"""Two clients see the same printer, and it is billed by one of them at a time.

Covers: "Registering the Xerox SMart eSolutions Client and devices with Xerox
    allows Xerox to identify and authenticate the client and devices. This
    communication happens only once in the life cycle [...]".

Story: The office enrols two printers. A week later somebody at the reception
    installs the client too and registers one of them; the server refuses, the
    printer has a client that calls every day. Then the office's PC is
    scrapped. When it has been silent for more than a week the reception asks
    again and takes the printer over: it is turned on there, and the month is
    billed once. In the end the old PC is found in a cellar and switched on;
    the server takes nothing from it for the printer that has moved.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import device, events, requests_of
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 25
SECOND_CLIENT = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
SCRAPPED = datetime(2026, 1, 14, 9, 0, tzinfo=UTC)
TAKEN_OVER = datetime(2026, 1, 22, 9, 0, tzinfo=UTC)
FOUND_AGAIN = datetime(2026, 1, 28, 9, 0, tzinfo=UTC)
END = datetime(2026, 1, 30, 9, 0, tzinfo=UTC)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp"), start=START)


def run(testbed: Testbed) -> None:
    """Let two clients want one printer."""
    shared, other = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(SECOND_CLIENT)
    reception = testbed.install("reception")
    reception.discover(testbed.fleet.addresses)
    reception.register([shared])
    testbed.note("the reception registers it too")
    testbed.run_until(SCRAPPED)
    _expect_refusal(testbed, office, reception, shared)
    office.power_off()
    testbed.note("the office's PC is scrapped")
    testbed.run_until(TAKEN_OVER)
    reception.register([shared])
    testbed.note("the reception registers it again")
    testbed.run_for(ONE_DAY)
    _expect_holder(testbed, shared, reception)
    testbed.run_until(FOUND_AGAIN)
    requests = requests_of(testbed, shared)
    answered = [request.state for request in requests]
    testbed.expect("its month is billed once", kept=answered == ["answered"], found=requests)
    office.power_on()
    testbed.note("the old PC is switched on")
    testbed.run_until(END)
    _expect_holder(testbed, shared, reception)
    again = requests_of(testbed, shared)
    testbed.expect("the old PC changes nothing about it", kept=again == requests, found=again, wanted=requests)
    states = [request.state for request in requests_of(testbed, other)]
    testbed.expect(
        "it does report the other printer again", kept=states == ["answered"], found=states, wanted=["answered"]
    )


def _expect_refusal(testbed: Testbed, office: Machine, reception: Machine, shared: str) -> None:
    known = reception.store.devices.get(shared)
    state = None if known is None else known.state
    testbed.expect("the reception may not have it", kept=state == "discovered", found=state, wanted="discovered")
    noted = events(reception, "refused", shared)
    testbed.expect("and is told so", kept=len(noted) == 1, found=noted)
    _expect_holder(testbed, shared, office)


def _expect_holder(testbed: Testbed, shared: str, machine: Machine) -> None:
    known = device(testbed, shared)
    is_held = (known.proxy_id, known.state) == (machine.proxy_id, "active")
    testbed.expect(f"the printer is active at the {machine.name}", kept=is_held, found=known.state)
