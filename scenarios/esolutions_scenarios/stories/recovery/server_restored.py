"""The server is restored from a backup of twelve days ago, and bills every period as it had billed it before.

Covers: "The Xerox SMart eSolutions Client sends the billing meter reads once per
    billing transaction request for each device" - also where the server has
    forgotten that it made the request, and what it was answered.

Story: On the 9th the server is backed up. A day later a second printer is
    registered and signed up; on the 12th both are billed, and on the 15th
    somebody asks for a reading by hand. On the 21st the server's disk dies, and
    it is restored. At its next call the client learns from the signed answer
    what the server has forgotten, and offers it again: the second printer, the
    bills. A person signs that printer up again; nobody else does anything. The
    client never sends its secret.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.records import events_of, in_state, requests_of
from esolutions_scenarios.faults.server import ServerRestored
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, enrol, enter_equipment, old_fleet, open_office, printers, sign_up

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
BACKED_UP = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
SECOND_COMES = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
BY_HAND = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
RESTORED = datetime(2026, 1, 21, 12, 0, tzinfo=UTC)
SIGNED_UP_AGAIN = datetime(2026, 1, 23, 12, 0, tzinfo=UTC)
END = datetime(2026, 2, 14, 12, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp", "mono-workgroup"), start=START)


def run(testbed: Testbed) -> None:
    """Restore the server."""
    first, second = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY, serials=[first])
    testbed.run_until(BACKED_UP)
    restore = ServerRestored()(testbed.world)
    testbed.note("the server is backed up")
    testbed.run_until(SECOND_COMES)
    enter_equipment(testbed, {second: "monthly"}, anchor_day=BILLING_DAY)
    enrol(testbed, office, [second])
    testbed.run_until(BY_HAND)
    testbed.administration.request_billing(first)
    testbed.run_until(RESTORED)
    before, registrations = _bills(testbed), _sent(testbed, "RegisterProxy")
    restore()
    testbed.note("the server is restored from the backup")
    testbed.expect("the server has forgotten its bills", kept=not list(testbed.administration.every.bills()))
    enter_equipment(testbed, {second: "monthly"}, anchor_day=BILLING_DAY)
    testbed.run_until(SIGNED_UP_AGAIN)
    after = _bills(testbed)
    testbed.expect("every bill is there again, as it was", kept=after == before, found=after, wanted=before)
    told = events_of(office, "restored")
    testbed.expect("the client notices once", kept=len(told) == 1, found=told)
    sign_up(testbed, [second])
    testbed.run_until(END)
    active = in_state(testbed, "active")
    testbed.expect("both printers are active", kept=sorted(active) == sorted([first, second]), found=active)
    for serial, periods in ((first, 3), (second, 2)):
        asked = requests_of(testbed, serial, state="answered")
        testbed.expect(f"{serial} is billed on", kept=len(asked) == periods, found=len(asked), wanted=periods)
    repeated = _sent(testbed, "RegisterProxy") != registrations
    testbed.expect("the secret is not sent again", kept=not repeated)


def _bills(testbed: Testbed) -> list[tuple[Any, ...]]:
    """Return what was billed, with what it was compared with."""
    return sorted(
        (bill.serial, bill.meter, bill.read_at, bill.value, bill.previous_value)
        for bill in testbed.administration.every.bills()
    )


def _sent(testbed: Testbed, operation: str) -> int:
    return sum(row.operation == operation for machine in testbed.machines for row in machine.store.outbox.sent())
