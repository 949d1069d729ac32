"""What is known of a run beside the product: what people did, what the server has forgotten, what was acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Record"]


class Record:
    """What the invariants of one run have to know.

    `acknowledged` has values by serial number, end of period and meter, `opened_with` those that a printer has to open
    with by serial number and meter; `was_off_with` how much had left when communication was turned off.
    """

    def __init__(self, testbed: Testbed, machine: Machine) -> None:
        self._testbed = testbed
        self._machine = machine
        self.was_off_with: tuple[int, int] | None = None
        self.may_send_secret = True
        self.has_forgotten = False
        self.has_lost = False
        self.opened_with: dict[str, dict[str, int]] = {}
        self.acknowledged: dict[tuple[str, datetime, str], int] = {}

    def communication_turned(self, *, on: bool) -> None:
        """Take note that a person turned communication on or off."""
        net = self._machine.net
        self.was_off_with = None if on else (net.packets, net.conversations_begun)

    def person_registers_again(self) -> None:
        """Take note that a person has the client register again: until that is acknowledged the secret may leave.

        Where the server knows nobody, each printer has to open with what was acknowledged of it last.
        """
        self.may_send_secret = True
        store = self._machine.store
        if not self._testbed.administration.proxies():
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
