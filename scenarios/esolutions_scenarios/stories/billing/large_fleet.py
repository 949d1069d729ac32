"""A thousand printers are registered, turned on and billed in one message each, of exactly the published size.

Covers: "The network loading varies based on the type of transaction and the
    number of devices that are in the Xerox SMart eSolutions group", and all
    its formulas at x = 1,000.

Story: A campus has a thousand printers of the nominal kind, and one client. It
    registers all of them in one message, is told to turn them on in one answer,
    and confirms that in one message. On the billing day the request for a
    thousand readings comes in one answer and the readings go out in one
    transaction: more than a megabyte, and not a byte more than the FAQ says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, old_fleet, open_office
from esolutions_scenarios.testbed.transcript import size_rows

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory",)
PRINTERS = 1000
BILLING_DAY = 8
END = datetime(2026, 1, 8, 9, 0, tzinfo=UTC)
# The FAQ's formulas at x = 1,000, in bytes, worked out by hand, and how many messages of that size cross.
PUBLISHED = {
    "RegisterProxyDevices": (393 * PRINTERS + 1503, 1),
    "SyncProxyResponse": (1510 * PRINTERS + 1425, 2),
    "SyncProxyStatus": (260 * PRINTERS + 1247, 1),
    "SubmitBillingTransaction": (1314 * PRINTERS + 1993, 1),
}

SETTING = Setting(fleet=old_fleet(PRINTERS, "nominal"), start=START)


def run(testbed: Testbed) -> None:
    """Enrol and bill a thousand printers."""
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(END)
    large = {row.message: (row.measured, row.count) for row in size_rows(testbed) if row.devices == PRINTERS}
    for message, expected in PUBLISHED.items():
        found = large.get(message)
        promise = f"{expected[1]} {message} for a thousand devices, of {expected[0]:,} bytes"
        testbed.expect(promise, kept=found == expected, found=found, wanted=expected)
    late = answered_late(testbed, END)
    testbed.expect("every printer is billed", kept=not late, found=f"{len(late)} are not")
    billed = len({bill.serial for bill in testbed.administration.every.bills()})
    testbed.expect("each of the thousand has its bill", kept=billed == PRINTERS, found=billed, wanted=PRINTERS)
    active = [device for device in office.store.devices.all() if device.state == "active"]
    testbed.expect(
        "the client knows all of them as active", kept=len(active) == PRINTERS, found=len(active), wanted=PRINTERS
    )
