"""A counter that reaches its end starts again at one, and the impressions in between are billed right.

Covers: "the MIBs, which contain the meter read values for billing".

Story: A workgroup printer counts to 999,999, says so, and is near it. In its
    third week the total passes the end and shows small numbers. The client
    knows a rollover from a reset, tells the server of it with the reading, and
    the bill counts exactly what was printed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, events
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_simulators.fleets.fleet import Fleet

WORLDS = ("memory", "wire")
BILLING_DAY = 26
END = datetime(2026, 1, 27, 9, 0, tzinfo=UTC)
ROLLOVER = 999_999
# What a printer of this kind prints in a week or two.
LEFT_AT_START = 1_500


def near_the_end(seed: int) -> Fleet:
    """Return two printers, the first with few impressions left on its counter."""
    fleet = old_fleet(2, "mono-workgroup")(seed)
    fleet.printers[0].jump(START - timedelta(hours=1), ROLLOVER - LEFT_AT_START)
    return fleet


SETTING = Setting(fleet=near_the_end, start=START)


def run(testbed: Testbed) -> None:
    """Let a counter roll over."""
    rolling, _ = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(END)
    for serial in printers(testbed):
        bills = bills_at(testbed, serial)
        testbed.expect(f"{serial} is billed once", kept=len(bills) == 1, found=bills)
        counted = [bill.impressions for bill in bills]
        printed = [_printed(testbed, serial, bill.read_at) for bill in bills]
        testbed.expect(f"{serial} is billed what it printed", kept=counted == printed, found=counted, wanted=printed)
    bill = bills_at(testbed, rolling)[0]
    has_rolled = bill.value < (bill.previous_value or 0) and bill.rollover_at == ROLLOVER
    testbed.expect("the bill shows that the counter rolled over", kept=has_rolled, found=bill)
    held = list(testbed.administration.every.held()) + [{"client": text} for text in events(office, "held", rolling)]
    testbed.expect("nobody takes it for a reset", kept=not held, found=held)


def _printed(testbed: Testbed, serial: str, until: datetime) -> int:
    """Return the impressions since the registration by the printer's own count, which does not roll over."""
    printer = testbed.printer(serial)
    return printer.counts_at(until)[0] - printer.counts_at(START)[0]
