"""Decide which devices a person can sign up, and why others are missing from their page.

The reasons are the FAQ's three. A device whose equipment record is missing
shows to every person as not yet known, since it is not known whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from esolutions_server.domain.billing.billing_cycle import Period
from esolutions_server.domain.billing.commands import Action
from esolutions_server.domain.devices.progress import administered_at
from esolutions_server.domain.devices.states import LIVING_STATES, DeviceState, Step
from esolutions_server.service import mail
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.pages import Page, read_page
from esolutions_server.store.repositories import accounts, commands, devices

if TYPE_CHECKING:
    from datetime import date

    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord, EquipmentRecord

__all__ = [
    "EquipmentRow",
    "ListedDevice",
    "MissingReason",
    "add_account",
    "add_person",
    "ask_now",
    "detected",
    "import_row",
    "reassign",
    "sign_up",
    "unknown_of",
]

SIGNED_UP_STATES = (DeviceState.SIGNED_UP, DeviceState.ACTIVATING, DeviceState.ACTIVE)


class MissingReason(StrEnum):
    """Why a registered device is not on the "Automated Equipment Detected" page (FAQ)."""

    TOO_SOON = "registered less than an hour ago"
    ASSIGNED_TO_ANOTHER = "assigned to another person"
    NOT_ADMINISTERED_YET = "not in the administrative systems yet"


# Reasons that end by themselves.
_WAITS = frozenset({MissingReason.TOO_SOON, MissingReason.NOT_ADMINISTERED_YET})


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A registered device as a person's page has it: shown, or missing for reasons."""

    serial: str
    state: str
    reasons: tuple[MissingReason, ...]

    @property
    def is_detected(self) -> bool:
        """Whether the page shows the device."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """A device as the administrative systems hand it over."""

    serial: str
    installed_on: date
    account: str
    person: str
    frequency: str
    anchor_day: int = 1
    time_zone: str = "UTC"


def add_account(work: UnitOfWork, name: str, key_user: str) -> None:
    """Add an account; its key user is a person of it.

    Raises:
        AdministrationError: there is one of that name.
    """
    if accounts.account_named(work.connection, name) is not None:
        raise AdministrationError(f"there is an account {name!r} already")
    accounts.add_person(work.connection, key_user, accounts.add_account(work.connection, name, key_user))


def add_person(work: UnitOfWork, account: str, email: str) -> int:
    """Add a person to an account; return its number.

    Raises:
        AdministrationError: there is no such account, or the person is one of another account.
    """
    account_id = accounts.account_named(work.connection, account)
    if account_id is None:
        raise AdministrationError(f"there is no account {account!r}")
    if accounts.account_of_person(work.connection, email) not in {None, account_id}:
        raise AdministrationError(f"{email} is a person of another account already")
    accounts.add_person(work.connection, email, account_id)
    return account_id


def unknown_of(work: UnitOfWork, row: EquipmentRow, *, may_add_person: bool) -> str | None:
    """Say which column of a row names an account, or a person of it, that is not there; None if both are."""
    account_id = accounts.account_named(work.connection, row.account)
    if account_id is None:
        return f"column account: there is no account {row.account!r}"
    person_of = accounts.account_of_person(work.connection, row.person)
    if person_of is None and not may_add_person:
        return f"column person: {row.account!r} has no person {row.person!r}: `person add` them first"
    if person_of not in {None, account_id}:
        return f"column person: {row.person!r} is a person of another account than {row.account!r}"
    return None


def import_row(work: UnitOfWork, row: EquipmentRow) -> None:
    """Take what the administrative systems know of a device, and its person if they were not known.

    Raises:
        AdministrationError: the account is not known.
    """
    account_id = add_person(work, row.account, row.person)
    values = {
        "serial": row.serial,
        "account_id": account_id,
        "person": row.person,
        "installed_on": row.installed_on,
        "frequency": row.frequency,
        "anchor_day": row.anchor_day,
        "time_zone": row.time_zone,
    }
    accounts.keep_equipment(work.connection, values)
    device = devices.find(work.connection, row.serial)
    if device is not None:
        lifecycle.change(work, device)


def detected(work: UnitOfWork, person: str, *, after: str | None, limit: int) -> Page[ListedDevice, str]:
    """Return a page of the registered devices of a person's account, with the reasons why some are not shown to them.

    Raises:
        AdministrationError: the person belongs to no account, or no page can be of that size.
    """
    account_id = accounts.account_of_person(work.connection, person)
    if account_id is None:
        raise AdministrationError(f"there is no {person!r} in any account")

    def fetch(count: int) -> list[tuple[DeviceRecord, EquipmentRecord | None]]:
        return devices.page_for_account(work.connection, account_id, LIVING_STATES, after=after, limit=count)

    def show(found: tuple[DeviceRecord, EquipmentRecord | None]) -> ListedDevice:
        device, equipment = found
        return ListedDevice(device.serial, device.state, _reasons(work, device, equipment, person))

    return read_page(fetch, limit, show, key=lambda listed: listed.serial)


def sign_up(work: UnitOfWork, device: DeviceRecord, person: str | None, *, at_once: bool = False) -> None:
    """Sign a device up, `at_once` without waiting until it shows on the page; once more changes nothing.

    Raises:
        AdministrationError: the device has left service, or is not on the person's page for the reasons given.
    """
    if device.state in SIGNED_UP_STATES:
        return
    if device.state not in LIVING_STATES:
        hint = "it can be when a client has registered it again"
        raise AdministrationError(f"{device.serial} is {device.state} and cannot be signed up: {hint}")
    equipment = accounts.find_equipment(work.connection, device.serial)
    reasons = _reasons(work, device, equipment, person or (equipment.person if equipment else ""))
    if at_once:
        waits = {MissingReason.TOO_SOON} if equipment is None else set(_WAITS)
        reasons = tuple(reason for reason in reasons if reason not in waits)
    if reasons:
        hint = "; `equipment import` tells them of it" if equipment is None else _hint(reasons)
        raise AdministrationError(f"{device.serial} cannot be signed up: {', '.join(reasons)}{hint}")
    steps = (Step.DETECT, Step.SIGN_UP) if device.state == DeviceState.REGISTERED else (Step.SIGN_UP,)
    lifecycle.take_step(work, device, *steps, declined_at=None)


def _hint(reasons: tuple[MissingReason, ...]) -> str:
    return "; `signup --now` does not wait" if _WAITS.issuperset(reasons) else ""


def reassign(work: UnitOfWork, serial: str, person: str) -> str:
    """Assign a device to another person of its account; return who had it before, who gets mail.

    Raises:
        AdministrationError: the administrative systems do not know it, or the person is none of its account.
    """
    equipment = accounts.find_equipment(work.connection, serial)
    if equipment is None:
        raise AdministrationError(f"the administrative systems do not know {serial}: `equipment import` it first")
    if accounts.account_of_person(work.connection, person) != equipment.account_id:
        raise AdministrationError(f"{person} does not belong to the account of {serial}: `person add` them first")
    if equipment.person != person:
        accounts.set_person(work.connection, serial, person)
        mail.reassigned(work, serial, equipment.person, person)
    return equipment.person


def ask_now(work: UnitOfWork, device: DeviceRecord) -> str:
    """Ask for the meters of a device beside its billing cycle; return the id of the request.

    Raises:
        AdministrationError: it is not active.
    """
    if device.state != DeviceState.ACTIVE or device.billed_until is None:
        raise AdministrationError(f"{device.serial} is {device.state}; only an active device is asked for its meters")
    asked = commands.find_issued(work.connection, device.serial, Action.REPORT, work.now)
    if asked is not None:
        # Asking twice in one second is asking once.
        return asked.id
    return lifecycle.ask(work, device, Period(min(device.billed_until, work.now), work.now))


def _reasons(
    work: UnitOfWork, device: DeviceRecord, equipment: EquipmentRecord | None, person: str
) -> tuple[MissingReason, ...]:
    reasons = []
    if work.now < device.registered_at + work.policy.detection_delay:
        reasons.append(MissingReason.TOO_SOON)
    if equipment is not None and equipment.person != person:
        reasons.append(MissingReason.ASSIGNED_TO_ANOTHER)
    if equipment is None or work.now < administered_at(lifecycle.contract_of(equipment), work.policy):
        reasons.append(MissingReason.NOT_ADMINISTERED_YET)
    return tuple(reasons)
