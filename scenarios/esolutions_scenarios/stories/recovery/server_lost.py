"""The server's database is lost; a person registers again, and each printer is billed on from its last bill.

Covers: "you must personally initiate device registration and sign up for the
    Xerox SMart eSolutions service" - also where it has to be done again: nobody
    else makes the client send its secret.

Story: On the 12th two printers are billed. On the 20th the server's database is
    lost; its operator enters accounts and contracts anew. The client's calls
    get a fault that anybody could have forged, so it tries on, tells a person,
    and sends no secret. On the 23rd the person says `register --again`: the
    printers are registered with the readings of the 12th, which were
    acknowledged last, and signed up. In February they are billed from there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.records import bills_at, device, events_of, in_state
from esolutions_scenarios.faults.server import ServerLost
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import (
    ONE_HOUR,
    START,
    old_fleet,
    open_account,
    open_office,
    printers,
    sign_up,
)

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_server.service.people.presentation.views import BillView

WORLDS = ("memory", "wire")
BILLING_DAY = 12
LOST = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
REGISTERED_AGAIN = datetime(2026, 1, 23, 12, 0, tzinfo=UTC)
END = datetime(2026, 2, 14, 12, 0, tzinfo=UTC)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp", "mono-workgroup"), start=START)


def run(testbed: Testbed) -> None:
    """Lose the server."""
    serials = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(LOST)
    billed = {(bill.serial, bill.meter): _last(bill) for bill in testbed.administration.every.bills()}
    ServerLost()(testbed.world)
    testbed.note("the server's database is lost")
    open_account(testbed, dict.fromkeys(serials, "monthly"), anchor_day=BILLING_DAY)
    testbed.run_until(REGISTERED_AGAIN)
    unknown = office.running.identity.unknown_since
    testbed.expect("the client says that it is not known", kept=unknown is not None and unknown > LOST)
    told = events_of(office, "unknown")
    testbed.expect("a person is told once", kept=len(told) == 1, found=told)
    testbed.expect(
        "the secret is not sent for that", kept=_registrations(office) == 1, found=_registrations(office), wanted=1
    )
    office.running.register_again(serials)
    testbed.note("a person registers again")
    testbed.expect(
        "it is sent because a person says so", kept=_registrations(office) == 2, found=_registrations(office), wanted=2
    )
    opened = {
        (serial, meter.name): (meter.opening_value, meter.opening_read_at)
        for serial in serials
        for meter in device(testbed, serial).meters
    }
    testbed.expect("the printers open with what was billed last", kept=opened == billed, found=opened, wanted=billed)
    testbed.run_for(ONE_HOUR)
    sign_up(testbed, serials)
    testbed.run_until(END)
    active = in_state(testbed, "active")
    testbed.expect("the printers are active again", kept=sorted(active) == sorted(serials), found=active)
    for serial in serials:
        (bill,) = bills_at(testbed, serial) or bills_at(testbed, serial, "Marker Life Count")
        last = billed[serial, bill.meter][0]
        testbed.expect(f"{serial} is billed on from there", kept=bill.previous_value == last, found=bill)


def _last(bill: BillView) -> tuple[Any, ...]:
    return (bill.value, bill.read_at)


def _registrations(office: Machine) -> int:
    return sum(row.operation == "RegisterProxy" for row in office.store.outbox.sent())
