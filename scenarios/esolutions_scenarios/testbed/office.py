"""What a person at the customer's and the server's operator do at the beginning of nearly every story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_client.planning.schedule import SYNC_WINDOW
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_simulators.fleets.building import build_fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from esolutions_scenarios.faults.ending import Ending
    from esolutions_scenarios.faults.printer import PrinterFault
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_simulators.fleets.fleet import Fleet

__all__ = [
    "ACCOUNT",
    "FREQUENCIES",
    "KEY_USER",
    "ONE_DAY",
    "ONE_HOUR",
    "START",
    "SYNCED_BY",
    "enrol",
    "enter_equipment",
    "happen",
    "old_fleet",
    "open_account",
    "open_office",
    "printers",
    "sign_up",
]

ACCOUNT = "Office"
KEY_USER = "key.user@customer.example"
FREQUENCIES = ("monthly", "monthly", "monthly", "quarterly", "semi-annual")
# A Monday morning, when most stories begin.
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# The FAQ: "You must allow a minimum of one hour for printer registration to take effect".
ONE_HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
# How long after midnight every client has synced, and done what it was asked to do.
SYNCED_BY = SYNC_WINDOW + ONE_HOUR
_AGE_OF_PRINTERS = timedelta(days=400)
_SINCE_INSTALLATION = timedelta(days=180)


def old_fleet(count: int, *models: str, start: datetime = START) -> Callable[[int], Fleet]:
    """Return what makes a fleet of printers from a seed, of these models in turn, in use since long before `start`."""
    return lambda seed: build_fleet(count, models, seed=seed, installed_at=start - _AGE_OF_PRINTERS)


def printers(testbed: Testbed) -> list[str]:
    """Return the serial numbers of the fleet's printers, by address."""
    return [printer.serial_at(testbed.now) for printer in testbed.fleet]


def open_account(
    testbed: Testbed, frequencies: Mapping[str, str], *, person: str = KEY_USER, anchor_day: int = 1
) -> None:
    """Let the server's operator open the account and enter its equipment, installed long ago."""
    testbed.administration.add_account(ACCOUNT, KEY_USER)
    enter_equipment(testbed, frequencies, person=person, anchor_day=anchor_day)


def enter_equipment(
    testbed: Testbed,
    frequencies: Mapping[str, str],
    *,
    person: str = KEY_USER,
    installed_on: date | None = None,
    anchor_day: int = 1,
    time_zone: str = "UTC",
) -> None:
    """Let the operator enter equipment with its billing frequency, installed half a year ago unless said otherwise."""
    since = installed_on or (testbed.now - _SINCE_INSTALLATION).date()
    testbed.administration.import_equipment(
        [
            EquipmentRow(serial, since, ACCOUNT, person, frequency, anchor_day, time_zone)
            for serial, frequency in frequencies.items()
        ]
    )


def enrol(testbed: Testbed, machine: Machine, serial_numbers: Sequence[str]) -> None:
    """Register printers, wait for the hour to pass, and sign them up; the next sync turns them on."""
    machine.register(serial_numbers)
    testbed.note(f"{len(serial_numbers)} printers are registered")
    testbed.run_for(ONE_HOUR)
    sign_up(testbed, serial_numbers)


def sign_up(testbed: Testbed, serial_numbers: Sequence[str]) -> None:
    """Let the key user to whom the printers are assigned sign them up on their page."""
    for serial in serial_numbers:
        testbed.administration.sign_up(serial)
    testbed.note(f"{len(serial_numbers)} printers are signed up")


def open_office(testbed: Testbed, *, anchor_day: int = 1, serials: Sequence[str] | None = None) -> Machine:
    """Open an account, install the client, enrol printers for monthly bills, and wait a day: they are active."""
    chosen = printers(testbed) if serials is None else list(serials)
    open_account(testbed, dict.fromkeys(chosen, "monthly"), anchor_day=anchor_day)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    enrol(testbed, office, chosen)
    testbed.run_for(ONE_DAY)
    return office


def happen(testbed: Testbed, serial: str, fault: PrinterFault) -> Ending:
    """Let something happen to a printer now; it leaves a note, and what is returned ends it."""
    return fault(testbed, testbed.printer(serial))
