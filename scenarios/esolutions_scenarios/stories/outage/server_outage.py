"""The server is out of reach for three days over a billing day, and nothing is lost, late beyond need or sent twice.

Covers: "All transactions between the Xerox SMart eSolutions Client and the
    Xerox Communication Server are initiated within your environment by the
    Xerox SMart eSolutions Client" - so it is the client that has to try again.

Story: At noon on the 11th the server ceases to answer. The client goes on
    reading its printers every two hours, and tries to call, each time waiting
    about twice as long as before, up to half a day. A person restarts the PC,
    which changes nothing about that. At noon on the 14th the server is back:
    the next call gets the request of the 12th, and the answer goes out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late, reading_times
from esolutions_scenarios.faults.http import Refuse
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
DOWN = datetime(2026, 1, 11, 12, 0, tzinfo=UTC)
RESTARTED = datetime(2026, 1, 13, 9, 0, tzinfo=UTC)
BACK = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
END = datetime(2026, 1, 17, 9, 0, tzinfo=UTC)
# Half a day, a quarter more for the client's own spread.
LONGEST_WAIT = timedelta(hours=15)
# 5 minutes, doubled, reach half a day after eight attempts; three days hold a dozen.
MOST_ATTEMPTS = 14
POLLS_A_DAY = 12

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Take the server away for three days."""
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(DOWN)
    outage = Refuse()
    office.net.break_server(outage)
    testbed.note("the server is out of reach")
    testbed.run_until(RESTARTED)
    office.restart()
    testbed.note("the PC is restarted")
    testbed.run_until(BACK)
    office.net.lift(outage)
    testbed.note("the server is back")
    testbed.run_until(END)
    _expect_patience(testbed, office)
    late = answered_late(testbed, BACK + LONGEST_WAIT)
    testbed.expect("everything is answered at the first call afterwards", kept=not late, found=late)
    for serial in printers(testbed):
        count = len(reading_times(office, serial, DOWN, BACK))
        polls = (BACK - DOWN).days * POLLS_A_DAY
        testbed.expect(f"{serial} is read on meanwhile", kept=count >= polls, found=f"{count} of {polls}")


def _expect_patience(testbed: Testbed, office: Machine) -> None:
    tries = [row.sent_at for row in reversed(office.store.outbox.sent()) if DOWN <= row.sent_at < BACK]
    testbed.expect("the client tries again", kept=len(tries) > 1, found=len(tries))
    few = len(tries) <= MOST_ATTEMPTS
    testbed.expect("but does not pester a server that is down", kept=few, found=len(tries))
    waits = [after - before for before, after in pairwise(tries)]
    grows = all(before <= after for before, after in pairwise(waits)) and max(waits) <= LONGEST_WAIT
    testbed.expect("it waits longer each time, up to a limit", kept=grows, found=waits)
    told = [at for at, kind, _, _ in office.store.events(-1) if kind == "delivery"]
    testbed.expect("a person is told of the trouble once", kept=len(told) == 1, found=told)
