"""After a controller is swapped nothing is billed until a person at each end has looked at the new counter.

Covers: "What if one of my devices breaks down? [...] The SMart eSolutions client
    will allow for this", and the promise that meters never fall silently.

Story: On the 9th a technician swaps the controller of a printer, and its
    counters start again near zero. The client holds its readings and says so.
    The billing day passes, and the key user hears that reads are missing. On
    the 16th a person accepts the new counter at the client; its reading goes
    out, and now the server holds it, because it is less than what was billed
    before. Its operator accepts it too. The month after is billed as ever.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, device, events, mails, requests_of
from esolutions_scenarios.faults.printer import ControllerSwap
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import KEY_USER, START, happen, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
SWAPPED = datetime(2026, 1, 9, 11, 0, tzinfo=UTC)
ACCEPTED = datetime(2026, 1, 16, 10, 0, tzinfo=UTC)
END = datetime(2026, 2, 13, 9, 0, tzinfo=UTC)
# What the controller had counted in the factory.
FACTORY_PAGES = 12
A_POLL_LATER = timedelta(hours=2)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp"), start=START)


def run(testbed: Testbed) -> None:
    """Swap a controller."""
    swapped, sound = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(SWAPPED)
    happen(testbed, swapped, ControllerSwap(FACTORY_PAGES))
    testbed.run_until(ACCEPTED)
    _expect_held_at_client(testbed, office, swapped)
    office.running.polling.accept(swapped)
    testbed.note(f"a person accepts the new counter of {swapped}")
    testbed.run_for(A_POLL_LATER)
    _expect_held_at_server(testbed, swapped)
    for request in requests_of(testbed, swapped, state="held"):
        testbed.administration.accept_held(request.id)
    testbed.note("the operator accepts it")
    testbed.run_until(END)
    bills = bills_at(testbed, swapped)
    counted = [bill.impressions for bill in bills]
    # What the old counter would have shown is not known; from the accepted value on, every impression counts.
    expected = [0, bills[-1].value - bills[0].value]
    testbed.expect("the fall is not billed, and the next month is", kept=counted == expected, found=bills)
    testbed.expect("the other printer is billed both times", kept=len(bills_at(testbed, sound)) == 2)


def _expect_held_at_client(testbed: Testbed, office: Machine, serial: str) -> None:
    known = office.store.devices.get(serial)
    testbed.expect("the client holds the printer", kept=known is not None and known.held_since is not None)
    noted = events(office, "held", serial)
    is_told = len(noted) == 1 and "Total Impressions from" in noted[0]
    testbed.expect("it says so once, with the values", kept=is_told, found=noted)
    bills = list(testbed.administration.every.bills(serial)) + list(testbed.administration.every.held(serial))
    testbed.expect("nothing of it is sent to be billed", kept=not bills, found=bills)
    told = mails(testbed, KEY_USER, serial)
    testbed.expect("the key user hears that reads are missing", kept=len(told) == 1, found=told)


def _expect_held_at_server(testbed: Testbed, serial: str) -> None:
    held = [value for value in testbed.administration.every.held(serial) if value.meter == "Total Impressions"]
    testbed.expect("the server holds the value for its operator", kept=len(held) == 1, found=held)
    testbed.expect("and bills nothing yet", kept=not list(testbed.administration.every.bills(serial)))
    told = mails(testbed, KEY_USER, serial, "held")
    testbed.expect("the key user is told", kept=len(told) == 1, found=told)
    state = device(testbed, serial).state
    testbed.expect("the printer stays enrolled", kept=state == "active", found=state, wanted="active")
