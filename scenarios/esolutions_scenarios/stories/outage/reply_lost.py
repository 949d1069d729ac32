"""The server does the work and its reply is lost, for every kind of message, and nothing happens twice.

Covers: "The Xerox SMart eSolutions Client sends the billing meter reads once per
    billing transaction request for each device"; "This communication happens
    only once in the life cycle of the Xerox SMart eSolutions Client and devices."

Story: The line of this office has a fault: of each kind of message the first
    reply is lost after the server has done its work, and the second breaks off
    in the middle. The client sends again under the same message id; the server
    knows the message and gives the first receipt again. A month later each
    printer is registered once, turned on once, and billed once for each period.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, in_state, requests_of
from esolutions_scenarios.faults.http import CutResponse, LoseReply
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, ONE_HOUR, START, old_fleet, open_account, printers, sign_up

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 8
END = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
# Bytes of the second reply that do arrive.
BROKEN_AT = 700
OPERATIONS = ("RegisterProxy", "RegisterProxyDevices", "SyncProxy", "SyncProxyStatus", "SubmitBillingTransaction")
# A sync that failed is not repeated but asked anew: what it would have said may have changed.
REPEATED = tuple(operation for operation in OPERATIONS if operation != "SyncProxy")

SETTING = Setting(fleet=old_fleet(3, "nominal", "colour-a3-mfp", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Lose the first replies of every kind."""
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"), anchor_day=BILLING_DAY)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    _lose_replies(office)
    office.register(serials)
    testbed.note("three printers are registered, and the replies are lost")
    testbed.run_for(3 * ONE_HOUR)
    sign_up(testbed, serials)
    testbed.run_for(ONE_DAY)
    active = in_state(testbed, "active")
    testbed.expect(
        "every printer is active the day after", kept=active == sorted(serials), found=active, wanted=sorted(serials)
    )
    testbed.run_until(END)
    _expect_repetitions(testbed)
    for serial in serials:
        states = [request.state for request in requests_of(testbed, serial)]
        kept = states == ["answered", "answered"]
        testbed.expect(f"{serial} is asked and answers once a month", kept=kept, found=states)
        meter = next(testbed.administration.every.bills(serial)).meter
        counted = sum(bill.impressions for bill in bills_at(testbed, serial, meter))
        printed = bills_at(testbed, serial, meter)[-1].value - _opened(testbed, serial)
        testbed.expect(f"{serial} is billed what it printed", kept=counted == printed, found=counted, wanted=printed)


def _lose_replies(office: Machine) -> None:
    for operation in OPERATIONS:
        office.net.break_server(CutResponse(BROKEN_AT), times=2, operations=[operation])
        # Met before the other: while both lie on the line, nothing at all comes back.
        office.net.break_server(LoseReply(), times=1, operations=[operation])


def _expect_repetitions(testbed: Testbed) -> None:
    outcomes: defaultdict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for entry in testbed.administration.every.journal():
        outcomes[entry.operation, entry.message_id].append(entry.outcome)
    for operation in REPEATED:
        first = next(found for (name, _), found in outcomes.items() if name == operation)
        kept = first == ["receipt", "repeated", "repeated"]
        testbed.expect(f"the first {operation} is known again each time it is repeated", kept=kept, found=first)
    again = [key for key, found in outcomes.items() if found.count("receipt") != 1]
    testbed.expect("no message is acted upon twice", kept=not again, found=again)


def _opened(testbed: Testbed, serial: str) -> int:
    """Return the first meter's opening value, as the printer showed it when it was registered."""
    return next(iter(testbed.printer(serial).counters_at(START).values()))
