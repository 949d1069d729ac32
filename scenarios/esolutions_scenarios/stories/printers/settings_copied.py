"""Settings are copied with the serial number in them: two machines show one, and each is billed for its own pages.

Covers: "Sync Request [...] Billing Transaction Response: The Xerox SMart
    eSolutions Client sends the billing meter reads once per billing
    transaction request for each device" - for that device, not for another
    that shows its serial number.

Story: The office has three printers of one model. On the 8th somebody copies
    the settings of the first to the third, and the third shows the serial
    number of the first from then on. The client goes on reading the first
    where it stands, and the third no more. From the 9th to the 13th the first
    is off. A search on the 10th finds its serial number at the third's
    address; the client does not follow it there, and holds it. The 12th, the
    day of the bills, brings one for the second printer alone. When the first
    is on again nobody has to do anything. On the 14th the third gets its own
    serial number back. All three are billed in the end.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import bills_at, events, reading_times
from esolutions_scenarios.faults.printer import CopiedSerial, Off
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, happen, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_client.fleet.device import Device
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
COPIED = datetime(2026, 1, 8, 13, 0, tzinfo=UTC)
OFF = datetime(2026, 1, 9, 15, 0, tzinfo=UTC)
SEARCHED = datetime(2026, 1, 10, 9, 30, tzinfo=UTC)
ON_AGAIN = datetime(2026, 1, 13, 10, 0, tzinfo=UTC)
OWN_AGAIN = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)
END = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp"), start=START)


def run(testbed: Testbed) -> None:
    """Let two machines show one serial number."""
    serials = first, second, third = printers(testbed)
    addresses = testbed.fleet.addresses
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(COPIED)
    reset = happen(testbed, third, CopiedSerial(first))
    testbed.run_until(OFF)
    read = reading_times(office, first, COPIED, OFF)
    testbed.expect("the first is read where it stands", kept=len(read) > 1, found=read)
    switch_on = happen(testbed, first, Off())
    testbed.run_until(SEARCHED)
    office.discover(addresses)
    held = _known(office, first)
    testbed.expect(
        "the client does not follow it", kept=held.host == addresses[0], found=held.host, wanted=addresses[0]
    )
    testbed.expect("it is held", kept=held.held_since is not None)
    testbed.run_until(ON_AGAIN)
    billed = [serial for serial in serials if bills_at(testbed, serial)]
    testbed.expect("only the second is billed on its day", kept=billed == [second], found=billed, wanted=[second])
    switch_on()
    testbed.run_until(OWN_AGAIN)
    free = _known(office, first)
    testbed.expect("the first is itself again", kept=free.held_since is None, found=free.held_reason)
    reset()
    testbed.run_until(END)
    billed = [serial for serial in serials if len(bills_at(testbed, serial)) == 1]
    testbed.expect("all three are billed once", kept=billed == serials, found=billed, wanted=serials)
    moves = [text for serial in serials for text in events(office, "moved", serial)]
    testbed.expect("nobody was moved", kept=not moves, found=moves)


def _known(office: Machine, serial: str) -> Device:
    device = office.store.devices.get(serial)
    assert device is not None  # noqa: S101 - it was registered
    return device
