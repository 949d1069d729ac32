"""The PC is off for ten days: nothing is read or sent, the key user gets mail, and then everything resumes.

Covers: "There will be no meter read data collected or sent to Xerox while the
    PC is powered off. The Smart eSolutions client will resume this activity
    when the PC is powered on again. If Xerox does not receive meter reads when
    expected, a notification is sent by email to the key user at your company."

Story: On a Friday evening somebody switches the PC off and goes on holiday.
    The billing day passes without a reading. Three days later the server
    mails the key user, once for each printer. On the Monday after next the
    PC comes on: the client calls at once, reads the printers and answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late, exchanges, mails, reading_times, requests_of
from esolutions_scenarios.faults.machine import PowerOff
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import KEY_USER, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
PERIOD_END = datetime(2026, 1, 12, tzinfo=UTC)
OFF = datetime(2026, 1, 9, 18, 0, tzinfo=UTC)
ON = datetime(2026, 1, 19, 8, 0, tzinfo=UTC)
END = datetime(2026, 1, 23, 8, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
# Twelve polls a day.
POLLS_AFTERWARDS = 4 * 12

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Switch the PC off over a billing day."""
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(OFF)
    switch_on = PowerOff()(office)
    testbed.note("the PC is switched off")
    testbed.run_until(ON)
    switch_on()
    testbed.note("the PC is switched on")
    testbed.run_until(END)
    for serial in printers(testbed):
        _expect_of(testbed, office, serial)
    during = exchanges(testbed, OFF, ON)
    testbed.expect("nothing is sent while the PC is off", kept=not during, found=during)
    late = answered_late(testbed, ON + A_MINUTE)
    testbed.expect("all is answered as soon as the PC is on", kept=not late, found=late)


def _expect_of(testbed: Testbed, office: Machine, serial: str) -> None:
    during = reading_times(office, serial, OFF, ON - A_MINUTE)
    testbed.expect(f"{serial} is not read while the PC is off", kept=not during, found=during)
    sent = [mail.moment for mail in mails(testbed, KEY_USER, serial)]
    in_time = len(sent) == 1 and PERIOD_END + SETTING.policy.answer_within <= sent[0] < ON
    testbed.expect(f"the key user gets one mail about {serial} while reads are missing", kept=in_time, found=sent)
    requests = requests_of(testbed, serial)
    testbed.expect(f"{serial} has one request, for one period", kept=len(requests) == 1, found=requests)
    read = {bill.read_at for bill in testbed.administration.every.bills(serial)}
    testbed.expect(f"{serial} is billed from a reading after the holiday", kept=min(read) >= ON, found=read)
    after = len(reading_times(office, serial, ON, END))
    testbed.expect(f"{serial} is polled again as before", kept=after >= POLLS_AFTERWARDS, found=after)
