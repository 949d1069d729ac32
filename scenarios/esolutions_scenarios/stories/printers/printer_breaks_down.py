"""Printers break down for a day, a week and an afternoon: the others go on, and each is billed when it is back.

Covers: "If your device breaks down it is typically repaired by the following
    day and it is unlikely that it will ever be out of action for more than a
    week. The SMart eSolutions client will allow for this and will pick up on
    the automatic meter reads again when the device is up and running."

Story: Four printers are billed on the 14th. One breaks down on the 8th and is
    repaired the following day. One is down from the 12th for a week, over its
    billing day. One dies an hour before its period ends, and is back
    in the afternoon. The fourth knows nothing of all this.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import events, mails, reading_times, requests_of
from esolutions_scenarios.faults.printer import Off
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import KEY_USER, START, SYNCED_BY, happen, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.faults.ending import Ending
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 14
PERIOD_END = datetime(2026, 1, 14, tzinfo=UTC)
END = datetime(2026, 1, 21, 12, 0, tzinfo=UTC)
# When each of the first three printers breaks down and is back.
OUTAGES = (
    (datetime(2026, 1, 8, 10, 0, tzinfo=UTC), datetime(2026, 1, 9, 11, 0, tzinfo=UTC)),
    (datetime(2026, 1, 12, 15, 0, tzinfo=UTC), datetime(2026, 1, 19, 15, 0, tzinfo=UTC)),
    (datetime(2026, 1, 13, 23, 0, tzinfo=UTC), datetime(2026, 1, 14, 16, 0, tzinfo=UTC)),
)
A_SECOND = timedelta(seconds=1)
# A printer that is back is seen at the next poll.
A_POLL_LATER = timedelta(hours=2)

SETTING = Setting(fleet=old_fleet(4, "colour-a3-mfp", "fuji-xerox", "mono-workgroup", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Break three printers."""
    serials = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    broken = dict(zip(serials, OUTAGES, strict=False))
    repairs: dict[str, Ending] = {}
    for at, serial in sorted((at, serial) for serial, outage in broken.items() for at in outage):
        testbed.run_until(at)
        if serial in repairs:
            repairs[serial]()
        else:
            repairs[serial] = happen(testbed, serial, Off())
    testbed.run_until(END)
    for serial, outage in zip(serials, OUTAGES, strict=False):
        _expect_recovery(testbed, office, serial, outage)
    for_a_day, for_a_week, for_an_afternoon, sound = serials
    for serial in (sound, for_a_day):
        _expect_answer(testbed, serial, PERIOD_END, PERIOD_END + SYNCED_BY)
    for serial, (_, back) in ((for_a_week, OUTAGES[1]), (for_an_afternoon, OUTAGES[2])):
        _expect_answer(testbed, serial, back, back + A_POLL_LATER)
    told = {serial: len(mails(testbed, KEY_USER, serial)) for serial in serials}
    expected = dict.fromkeys(serials, 0) | {for_a_week: 1}
    testbed.expect("the key user hears of the week, not of the day", kept=told == expected, found=told, wanted=expected)


def _expect_recovery(testbed: Testbed, office: Machine, serial: str, outage: tuple[datetime, datetime]) -> None:
    off, back = outage
    during = reading_times(office, serial, off, back - A_SECOND)
    testbed.expect(f"nothing is read from {serial} while it is down", kept=not during, found=during)
    noted = [len(events(office, kind, serial)) for kind in ("no answer", "answers")]
    testbed.expect(
        f"the silence of {serial} and its end are noted once each", kept=noted == [1, 1], found=noted, wanted=[1, 1]
    )


def _expect_answer(testbed: Testbed, serial: str, earliest: datetime, latest: datetime) -> None:
    answers = [request.answered_at for request in requests_of(testbed, serial)]
    kept = len(answers) == 1 and answers[0] is not None and earliest <= answers[0] <= latest
    testbed.expect(f"{serial} is billed once, as soon as it can be read", kept=kept, found=answers)
    read = {bill.read_at for bill in testbed.administration.every.bills(serial)}
    kept = bool(read) and min(read) >= earliest
    testbed.expect(f"{serial} is billed from a fresh reading", kept=kept, found=read)
