"""What a person at the customer's and the server's operator do at the beginning of nearly every story."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_server.service.enrolment import EquipmentRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["ACCOUNT", "FREQUENCIES", "KEY_USER", "enrol", "open_account", "printers"]

ACCOUNT = "Office"
KEY_USER = "key.user@customer.example"
FREQUENCIES = ("monthly", "monthly", "monthly", "quarterly", "semi-annual")
# The FAQ: "You must allow a minimum of one hour for printer registration to take effect".
ONE_HOUR = timedelta(hours=1)


def printers(testbed: Testbed) -> list[str]:
    """Return the serial numbers of the fleet's printers, by address."""
    return [printer.serial_at(testbed.now) for printer in testbed.fleet]


def open_account(testbed: Testbed, frequencies: Mapping[str, str], *, person: str = KEY_USER) -> None:
    """Let the server's operator open the account and enter its equipment, installed long ago."""
    testbed.administration.add_account(ACCOUNT, KEY_USER)
    enter_equipment(testbed, frequencies, person=person)


def enter_equipment(testbed: Testbed, frequencies: Mapping[str, str], *, person: str = KEY_USER) -> None:
    """Let the operator enter equipment with its billing frequency, installed half a year ago."""
    installed_on = (testbed.now - timedelta(days=180)).date()
    testbed.administration.import_equipment(
        [EquipmentRow(serial, installed_on, ACCOUNT, person, frequency) for serial, frequency in frequencies.items()]
    )


def enrol(testbed: Testbed, machine: Machine, serial_numbers: Sequence[str]) -> None:
    """Register printers, wait for the hour to pass, and sign them up; the next sync turns them on."""
    machine.register(serial_numbers)
    testbed.note(f"{len(serial_numbers)} printers are registered")
    testbed.run_for(ONE_HOUR)
    for serial in serial_numbers:
        testbed.administration.sign_up(serial)
    testbed.note(f"{len(serial_numbers)} printers are signed up")
