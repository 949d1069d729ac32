"""Find one thing that a server knows by its key, as people see it; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.billing.commands import ValueOutcome
from esolutions_server.service.errors import NotKnownError
from esolutions_server.service.people.presentation.projections import command_view, device_view, proxy_of
from esolutions_server.service.people.presentation.views import (
    AccountView,
    EquipmentView,
    MailView,
    PersonView,
    ValueView,
)
from esolutions_server.service.people.typed_words import find_device, read_guid, read_serial
from esolutions_server.store.repositories import accounts, commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from esolutions_server.service.people.presentation.views import CommandView, DeviceView, ProxyView
    from esolutions_server.service.unit_of_work import UnitOfWork

__all__ = ["Single"]


class Single:
    """One of each thing that a server knows; each is found in a transaction of its own.

    Raises, in every method:
        NotKnownError: there is none of that key.
        AdministrationError: that can be no key.
        StoreUnavailableError: the database cannot be used at the moment.
    """

    def __init__(self, open_work: Callable[[], AbstractContextManager[UnitOfWork]]) -> None:
        self._open = open_work

    def account(self, name: str) -> AccountView:
        """Return the account of that name."""
        with self._open() as work:
            row = accounts.find_account(work.connection, name)
        if row is None:
            raise NotKnownError(f"there is no account {name!r}")
        return AccountView(**row._asdict())

    def person(self, email: str) -> PersonView:
        """Return the person of that address."""
        with self._open() as work:
            row = accounts.find_person(work.connection, email)
        if row is None:
            raise NotKnownError(f"there is no {email!r} in any account")
        return PersonView(**row._asdict())

    def equipment(self, serial: str) -> EquipmentView:
        """Return what the administrative systems know of a device."""
        with self._open() as work:
            record = accounts.find_equipment(work.connection, read_serial(serial))
        if record is None:
            raise NotKnownError(f"the administrative systems do not know {serial}")
        return EquipmentView(*record)

    def device(self, serial: str) -> DeviceView:
        """Return all that is known of a device."""
        with self._open() as work:
            return device_view(work, find_device(work, serial))

    def proxy(self, proxy_id: str) -> ProxyView:
        """Return all that is known of a proxy but its secret."""
        with self._open() as work:
            return proxy_of(work, proxy_id)

    def command(self, command_id: str) -> CommandView:
        """Return the command of that id."""
        with self._open() as work:
            record = commands.find(work.connection, read_guid(command_id, "command"))
        if record is None:
            raise NotKnownError(f"there is no command {command_id}")
        return command_view(record)

    def value(self, number: int) -> ValueView:
        """Return the meter value of that number, billed or not."""
        with self._open() as work:
            row = commands.find_bill(work.connection, number)
        if row is None:
            raise NotKnownError(f"there is no meter value {number}")
        return ValueView(**row._asdict() | {"outcome": ValueOutcome(row.outcome)})

    def mail(self, number: int) -> MailView:
        """Return the mail of that number."""
        with self._open() as work:
            row = accounts.find_mail(work.connection, number)
        if row is None:
            raise NotKnownError(f"there is no mail {number}")
        return MailView(**row._asdict())
