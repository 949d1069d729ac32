"""Where the server signs devices up by itself, a registered printer is turned on without any further step.

Covers: "Sync Request Response: Tells the Xerox SMart eSolutions Client to turn
    on Xerox SMart eSolutions for each device" - in the European edition, which
    has no sign-up step (our deduction; the FAQ describes the other edition).

Story: The client is installed and three printers are registered; nobody opens
    a web page. Two of them the administrative systems know: the next sync
    turns them on, once the hour is over. The third was installed ten days ago
    and follows when its thirty days are over. All are billed in their turn.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, in_state
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, enter_equipment, old_fleet, open_account, printers
from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
INSTALLED_ON = date(2025, 12, 26)
THIRTY_DAYS_OVER = datetime(2026, 1, 25, tzinfo=UTC)
END = datetime(2026, 2, 12, 9, 0, tzinfo=UTC)

SETTING = Setting(fleet=old_fleet(3, "nominal"), start=START, policy=Policy(signup="automatic"))


def run(testbed: Testbed) -> None:
    """Register, and do nothing else."""
    first, second, young = printers(testbed)
    open_account(testbed, dict.fromkeys((first, second), "monthly"), anchor_day=BILLING_DAY)
    enter_equipment(testbed, {young: "monthly"}, installed_on=INSTALLED_ON, anchor_day=BILLING_DAY)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    office.register([first, second, young])
    testbed.note("three printers are registered")
    _expect_active(testbed, [], "at once")
    testbed.run_for(ONE_DAY)
    _expect_active(testbed, [first, second], "after a day")
    testbed.run_until(THIRTY_DAYS_OVER)
    _expect_active(testbed, [first, second], "until the thirty days are over")
    testbed.run_for(ONE_DAY)
    _expect_active(testbed, [first, second, young], "a day after that")
    testbed.run_until(END)
    counts = [len(bills_at(testbed, serial)) for serial in (first, second, young)]
    testbed.expect(
        "each is billed for each period it was active in", kept=counts == [2, 2, 1], found=counts, wanted=[2, 2, 1]
    )


def _expect_active(testbed: Testbed, serials: list[str], when: str) -> None:
    active = in_state(testbed, "active")
    testbed.expect(
        f"{len(serials)} printers are active {when}",
        kept=active == sorted(serials),
        found=active,
        wanted=sorted(serials),
    )
