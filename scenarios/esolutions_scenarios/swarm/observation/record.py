"""What is known of a run beside the product: what people did, what the server has forgotten, what was acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.observation.reading_shadow import ReadingShadow
from esolutions_scenarios.swarm.observation.receipts import accepted_readings
from esolutions_scenarios.swarm.observation.sockets import bound_sockets

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.observation.receipts import AcceptedReading
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_server.service.people.presentation.views import BillView

__all__ = ["Record"]

# A bill by its command and meter.
_BillKey = tuple[str, str]


class Record:
    """What the invariants of one run have to know.

    `acknowledged` has values by serial number, end of period and meter, `opened_with` those that a printer has to open
    with by serial number and meter; `promised` are readings that were accepted since the last look. `was_off_with` and
    `was_full_with` say how much had left when communication was turned off, and when the disk was full;
    `bound` and `errors` how many sockets and errors of the server were seen; `intrusions` what strangers achieved.
    """

    def __init__(self, testbed: Testbed, machine: Machine) -> None:
        self._testbed = testbed
        self._machine = machine
        self.has_forgotten = False
        self.has_lost = False
        self.may_send_secret = True
        self.was_off_with: tuple[int, int] | None = None
        self.was_full_with: int | None = None
        self.bound = len(bound_sockets())
        self.errors = 0
        self.intrusions: list[str] = []
        self.readings = ReadingShadow()
        self.promised: list[AcceptedReading] = []
        self.acknowledged: dict[tuple[str, datetime, str], int] = {}
        self.opened_with: dict[str, dict[str, int]] = {}
        self.openings: set[tuple[str, str, int, datetime]] = set()
        self.bills: dict[_BillKey, BillView] = {}
        self.new_bills: list[BillView] = []
        self.changed_bills: list[BillView] = []

    def communication_turned(self, *, on: bool) -> None:
        """Take note that a person turned communication on or off."""
        net = self._machine.net
        self.was_off_with = None if on else (net.packets, net.conversations_begun)

    def person_registers_again(self) -> None:
        """Take note that a person has the client register again: until that is acknowledged the secret may leave.

        Where the server knows no client, each printer has to open with what was acknowledged of it last.
        """
        self.may_send_secret = True
        store = self._machine.store
        if not self._testbed.administration.pages.proxies(limit=1).rows:
            for device in store.devices.polled():
                sent = store.readings.transmitted(device.serial_number)
                self.opened_with[device.serial_number] = {each.meter: each.value for each in sent.values()}

    def server_was_restored(self) -> None:
        """Take note that the server has forgotten something: it numbers its bills anew."""
        self.has_forgotten = True
        self.opened_with.clear()

    def server_was_lost(self) -> None:
        """Take note that the server has forgotten everything, for ever."""
        self.has_forgotten = self.has_lost = True
        self.acknowledged.clear()

    def take_response(self, row: SentRow) -> None:
        """Take note of what the response to a message allows and promises."""
        if row.outcome != "acknowledged":
            return
        if row.operation == "RegisterProxy":
            self.may_send_secret = False
        if row.operation == "SubmitBillingTransaction":
            self._take_promises(accepted_readings(row.body, row.response or b""))

    def take_bills(self) -> None:
        """Take note of the bills that are new since the last look, and of those that are not as they were."""
        self.new_bills, self.changed_bills = [], []
        for bill in self._testbed.administration.every.bills():
            before = self.bills.setdefault((bill.command_id, bill.meter), bill)
            if before is bill:
                self.new_bills.append(bill)
            elif before.value != bill.value:
                self.changed_bills.append(bill)

    def all_bills(self) -> list[BillView]:
        """Return every bill there was, oldest first; where the server has forgotten some, those that there are."""
        if self.has_forgotten:
            return list(self._testbed.administration.every.bills())
        return sorted(self.bills.values(), key=lambda bill: bill.id)

    def _take_promises(self, accepted: list[AcceptedReading]) -> None:
        self.promised += accepted
        for serial, command_id, values in accepted:
            period_end = self._machine.store.commands.period_end(command_id)
            for meter, value in values:
                if period_end is not None:
                    # What was acknowledged first counts: a period is not billed anew.
                    self.acknowledged.setdefault((serial, period_end, meter), value)
