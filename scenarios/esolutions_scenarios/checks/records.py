"""Questions that stories ask about a run: what the server has on its books, what a client did and when.

They judge nothing: a story says what it expects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_server.service.people.presentation.views import (
        BillView,
        CommandView,
        DeviceView,
        ExchangeView,
        MailView,
    )

__all__ = [
    "answered_late",
    "bills_at",
    "device",
    "events",
    "events_of",
    "exchanges",
    "in_state",
    "mails",
    "reading_times",
    "requests_of",
]


def device(testbed: Testbed, serial: str) -> DeviceView:
    """Return a device as the server knows it."""
    return next(found for found in testbed.administration.every.devices() if found.serial == serial)


def in_state(testbed: Testbed, state: str) -> list[str]:
    """Return the serial numbers of the devices that are in a state at the server."""
    return [found.serial for found in testbed.administration.every.devices() if found.state == state]


def requests_of(testbed: Testbed, serial: str, *, state: str | None = None) -> list[CommandView]:
    """Return the billing requests about a device, the oldest period first."""
    found = [request for request in testbed.administration.every.requests() if request.serial == serial]
    return [request for request in found if state is None or request.state == state]


def answered_late(testbed: Testbed, by: datetime) -> list[str]:
    """Return the devices that have a billing request which was not answered by a given time."""
    return [
        request.serial
        for request in testbed.administration.every.requests()
        if request.answered_at is None or request.answered_at > by
    ]


def bills_at(testbed: Testbed, serial: str, meter: str = "Total Impressions") -> list[BillView]:
    """Return the accepted values of one meter of a device, oldest first."""
    return [bill for bill in testbed.administration.every.bills(serial) if bill.meter == meter]


def mails(testbed: Testbed, recipient: str, about: str, saying: str = "") -> list[MailView]:
    """Return the mail to a recipient whose subject names a device and holds some words."""
    return [
        mail
        for mail in testbed.administration.every.mails()
        if mail.recipient == recipient and about in mail.subject and saying in mail.subject
    ]


def exchanges(testbed: Testbed, since: datetime, until: datetime) -> list[ExchangeView]:
    """Return what the server's journal has of a span of time, its end excluded."""
    return [entry for entry in testbed.administration.every.journal(since) if entry.moment < until]


def reading_times(machine: Machine, serial: str, since: datetime, until: datetime) -> list[datetime]:
    """Return when a client read a printer, both ends included."""
    known = machine.store.devices.get(serial)
    if known is None:
        return []
    return [row.read_at for row in machine.store.readings.between(known.device_id, since, until)]


def events(machine: Machine, kind: str, serial: str) -> list[str]:
    """Return what a client noted about a printer, oldest first."""
    return [text for _, found, _, text in reversed(machine.store.events(-1, serial)) if found == kind]


def events_of(machine: Machine, kind: str) -> list[str]:
    """Return what a client noted of one kind, whatever it is about, oldest first."""
    return [text for _, found, _, text in reversed(machine.store.events(-1)) if found == kind]
