"""Printers get other addresses, and the client follows each by its serial number.

Covers: "Sync Request [...] Billing Transaction Response: The Xerox SMart
    eSolutions Client sends the billing meter reads once per billing
    transaction request for each device" - for the device, wherever it stands.

Story: The office has three printers. On the 8th the first gets a new lease at
    an address where nothing was before; the client misses it, looks where it
    was once told to look, and finds it. On the 9th the two others swap their
    addresses at the same moment. Both are followed; no reading of one is ever
    taken for one of the other, and all are billed on the 12th.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late, events, mails, reading_times
from esolutions_scenarios.faults.printer import Move
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import (
    KEY_USER,
    START,
    SYNCED_BY,
    enrol,
    happen,
    old_fleet,
    open_account,
    printers,
)

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
BILLED = datetime(2026, 1, 12, tzinfo=UTC) + SYNCED_BY
FREE_ADDRESS = "127.0.0.20"
MOVED = datetime(2026, 1, 8, 13, 0, tzinfo=UTC)
SWAPPED = datetime(2026, 1, 9, 15, 0, tzinfo=UTC)
END = datetime(2026, 1, 13, 9, 0, tzinfo=UTC)
# Found by the first poll after the move, or a day later where the client has just searched for another.
FOLLOWED_WITHIN = timedelta(hours=26)
POLLS_A_DAY = 12

SETTING = Setting(
    fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "small-phaser"),
    start=START,
    spare_addresses=(FREE_ADDRESS,),
)


def run(testbed: Testbed) -> None:
    """Move three printers."""
    serials = first, second, third = printers(testbed)
    addresses = testbed.fleet.addresses
    open_account(testbed, dict.fromkeys(serials, "monthly"), anchor_day=BILLING_DAY)
    office = testbed.install()
    office.discover((*addresses, FREE_ADDRESS))
    enrol(testbed, office, serials)
    testbed.run_until(MOVED)
    happen(testbed, first, Move(FREE_ADDRESS))
    testbed.run_until(SWAPPED)
    happen(testbed, second, Move(addresses[2]))
    happen(testbed, third, Move(addresses[1]))
    testbed.run_until(END)
    at = {serial: office.store.devices.get(serial).host for serial in serials}  # type: ignore[union-attr]
    expected = dict(zip(serials, (FREE_ADDRESS, addresses[2], addresses[1]), strict=True))
    testbed.expect("the client knows where each is", kept=at == expected, found=at, wanted=expected)
    for serial, moved in zip(serials, (MOVED, SWAPPED, SWAPPED), strict=True):
        noted = events(office, "moved", serial)
        testbed.expect(f"the move of {serial} is noted once", kept=len(noted) == 1, found=noted)
        missed = reading_times(office, serial, moved, moved + FOLLOWED_WITHIN)
        testbed.expect(f"{serial} is read again within a day", kept=bool(missed))
        count = len(reading_times(office, serial, moved + FOLLOWED_WITHIN, END))
        polls = int((END - moved - FOLLOWED_WITHIN) / timedelta(days=1) * POLLS_A_DAY)
        testbed.expect(f"{serial} is then polled as before", kept=count >= polls, found=f"{count} of {polls}")
    late = answered_late(testbed, BILLED)
    testbed.expect("all three are billed on their day", kept=not late, found=late)
    told = [mail for serial in serials for mail in mails(testbed, KEY_USER, serial)]
    testbed.expect("nobody needs to hear of it", kept=not told, found=told)
