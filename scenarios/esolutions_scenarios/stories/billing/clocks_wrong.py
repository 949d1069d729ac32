"""The PC's clock is ten minutes fast, then two days; nothing is billed at a wrong moment, and nothing is lost.

Covers: "The only data that is sent for Xerox SMart eSolutions is the printer
    serial number, the meter name, the meter values, supplies usage values, and
    the date of the reading" - and that date has to be right.

Story: On the 8th the PC's clock jumps ten minutes ahead. The server finds the
    client's messages too far from its own time and refuses them; the client
    says so and keeps trying. On the 14th, two days after the billing day,
    somebody sets the clock right. A week later its battery dies and it shows
    a date two days ahead, for two days, over a request that the operator made
    by hand. When it is right again, the client neither waits for the days it
    had imagined nor sends a reading it dated in the future: it reads anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late, mails, reading_times
from esolutions_scenarios.faults.machine import WrongClock
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import KEY_USER, ONE_DAY, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.faults.ending import Ending
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
SKEWS = (
    (datetime(2026, 1, 8, 11, 0, tzinfo=UTC), datetime(2026, 1, 14, 11, 0, tzinfo=UTC), timedelta(minutes=10)),
    (datetime(2026, 1, 21, 11, 0, tzinfo=UTC), datetime(2026, 1, 23, 11, 0, tzinfo=UTC), timedelta(days=2)),
)
END = datetime(2026, 1, 27, 9, 0, tzinfo=UTC)
# A retry waits half a day at the most, and a quarter more for the client's own spread.
ANSWERED_WITHIN = timedelta(hours=15)
POLLS_A_DAY = 12

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Set the clock wrong twice."""
    office = open_office(testbed, anchor_day=BILLING_DAY)
    (wrong, right, skew), (wrong_again, right_again, larger_skew) = SKEWS
    testbed.run_until(wrong)
    set_right = _skew(testbed, office, skew)
    testbed.run_until(right)
    told = [serial for serial in printers(testbed) if mails(testbed, KEY_USER, serial)]
    testbed.expect("nothing is overdue yet", kept=not told, found=told)
    _expect_refusals(testbed, office, wrong, right, skew)
    set_right()
    testbed.note("the PC's clock is set right")
    testbed.run_until(right + ANSWERED_WITHIN)
    late = answered_late(testbed, testbed.now)
    testbed.expect("the month is billed when the clock is right", kept=not late, found=late)
    testbed.run_until(wrong_again)
    for serial in printers(testbed):
        testbed.administration.request_billing(serial)
    set_right = _skew(testbed, office, larger_skew)
    testbed.run_until(right_again)
    _expect_refusals(testbed, office, wrong_again, right_again, larger_skew)
    set_right()
    testbed.note("the PC's clock is set right")
    testbed.run_until(END)
    late = answered_late(testbed, right_again + ANSWERED_WITHIN)
    testbed.expect("the request by hand is answered when it is right again", kept=not late, found=late)
    for serial in printers(testbed):
        polls = len(reading_times(office, serial, END - ONE_DAY, END))
        testbed.expect(f"{serial} is polled as ever", kept=polls >= POLLS_A_DAY, found=polls)


def _skew(testbed: Testbed, office: Machine, skew: timedelta) -> Ending:
    testbed.note(f"the PC's clock is {skew} ahead")
    return WrongClock(skew)(office)


def _expect_refusals(testbed: Testbed, office: Machine, wrong: datetime, right: datetime, skew: timedelta) -> None:
    rows = [row for row in office.store.outbox.sent() if wrong + skew <= row.sent_at < right + skew]
    believed = [row for row in rows if row.outcome == "acknowledged"]
    testbed.expect(f"{skew} ahead, nothing is taken", kept=bool(rows) and not believed, found=len(rows))
    explained = all("MessageExpired" in str(row.outcome) for row in rows)
    testbed.expect(f"{skew} ahead, the reason is kept for a person to see", kept=explained)
