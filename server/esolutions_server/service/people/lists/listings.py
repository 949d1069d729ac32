"""List what a server knows, a page at a time; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from esolutions_server.domain.billing.commands import Action, ValueOutcome
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people import enrolment
from esolutions_server.service.people.pages import PAGE, Page, read_page
from esolutions_server.service.people.presentation.projections import command_view, device_view, proxy_view
from esolutions_server.service.people.presentation.views import (
    AccountView,
    BillView,
    CommandView,
    DeviceView,
    EquipmentView,
    ExchangeView,
    MailView,
    PersonView,
    ProxyView,
    ValueView,
)
from esolutions_server.service.people.typed_words import read_guid, read_serial
from esolutions_server.store.repositories import accounts, commands, devices, proxies
from esolutions_server.store.repositories.exchanges import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager
    from datetime import datetime

    from esolutions_server.service.people.enrolment import ListedDevice
    from esolutions_server.service.unit_of_work import UnitOfWork

__all__ = ["Pages"]

V = TypeVar("V", bound=ValueView)


class Pages:
    """The lists of a server, a page at a time; each page is one transaction.

    Every method takes the key `after` which the page begins, None for the first page, and how many rows it has at
    the most: from 1 to 1,000. What it returns says what the next page begins after.

    Raises, in every method:
        AdministrationError: no page can be of that size.
        StoreUnavailableError: the database cannot be used at the moment.
    """

    def __init__(self, open_work: Callable[[], AbstractContextManager[UnitOfWork]]) -> None:
        self._open = open_work

    def accounts(self, *, after: str | None = None, limit: int = PAGE) -> Page[AccountView, str]:
        """Return accounts by their names."""
        with self._open() as work:
            return read_page(
                lambda count: accounts.page_of_accounts(work.connection, after=after, limit=count),
                limit,
                show=lambda row: AccountView(**row._asdict()),
                key=lambda account: account.name,
            )

    def people(self, *, after: str | None = None, limit: int = PAGE) -> Page[PersonView, str]:
        """Return people by their addresses, each with the account they report for."""
        with self._open() as work:
            return read_page(
                lambda count: accounts.page_of_people(work.connection, after=after, limit=count),
                limit,
                show=lambda row: PersonView(**row._asdict()),
                key=lambda person: person.email,
            )

    def equipment(self, *, after: str | None = None, limit: int = PAGE) -> Page[EquipmentView, str]:
        """Return what the administrative systems know, by serial numbers."""
        with self._open() as work:
            return read_page(
                lambda count: accounts.page_of_equipment(work.connection, after=after, limit=count),
                limit,
                show=lambda record: EquipmentView(*record),
                key=lambda item: item.serial,
            )

    def detected(self, person: str, *, after: str | None = None, limit: int = PAGE) -> Page[ListedDevice, str]:
        """Return the registered devices of a person's account by serial numbers, and why some are not on the page.

        Raises:
            AdministrationError: the person belongs to no account.
        """
        with self._open() as work:
            return enrolment.detected(work, person, after=after, limit=limit)

    def devices(self, *, after: str | None = None, limit: int = PAGE) -> Page[DeviceView, str]:
        """Return devices by serial numbers, each with its meters and supplies."""
        with self._open() as work:
            return read_page(
                lambda count: devices.page(work.connection, after=after, limit=count),
                limit,
                show=lambda record: device_view(work, record),
                key=lambda device: device.serial,
            )

    def proxies(self, *, after: str | None = None, limit: int = PAGE) -> Page[ProxyView, str]:
        """Return proxies by their ids, without their secrets, each with whether it is silent."""
        with self._open() as work:
            return read_page(
                lambda count: proxies.page(work.connection, after=after, limit=count),
                limit,
                show=lambda record: proxy_view(work, record),
                key=lambda proxy: proxy.id,
            )

    def requests(self, *, after: str | None = None, limit: int = PAGE) -> Page[CommandView, str]:
        """Return billing requests, the oldest period first; their key is their id.

        Raises:
            AdministrationError: `after` is the id of no command.
        """
        return self._commands(Action.REPORT, after, limit)

    def commands(self, *, after: str | None = None, limit: int = PAGE) -> Page[CommandView, str]:
        """Return all commands, activations included, the oldest period first; their key is their id.

        Raises:
            AdministrationError: `after` is the id of no command.
        """
        return self._commands(None, after, limit)

    def bills(self, serial: str | None = None, *, after: int | None = None, limit: int = PAGE) -> Page[BillView, int]:
        """Return the accepted meter values, of all devices or of one, oldest first, by their numbers.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return self._values(BillView, {ValueOutcome.ACCEPTED}, serial, after, limit)

    def held(self, serial: str | None = None, *, after: int | None = None, limit: int = PAGE) -> Page[ValueView, int]:
        """Return the meter values that wait for a person, each with the reason, oldest first, by their numbers.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return self._values(ValueView, {ValueOutcome.HELD}, serial, after, limit)

    def not_billed(
        self, serial: str | None = None, *, after: int | None = None, limit: int = PAGE
    ) -> Page[ValueView, int]:
        """Return the meter values that are not billed, held or for good, each with the reason, by their numbers.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return self._values(ValueView, set(ValueOutcome) - {ValueOutcome.ACCEPTED}, serial, after, limit)

    def journal(
        self,
        since: datetime | None = None,
        *,
        proxy_id: str | None = None,
        after: int | None = None,
        limit: int = PAGE,
    ) -> Page[ExchangeView, int]:
        """Return the exchanges since a time, of all proxies or of one, oldest first, by their numbers.

        Raises:
            AdministrationError: that can be no proxy's id.
        """
        chosen = None if proxy_id is None else read_guid(proxy_id, "client: `proxies` lists them")
        with self._open() as work:
            return read_page(
                lambda count: journal.page(work.connection, since=since, proxy_id=chosen, after=after, limit=count),
                limit,
                show=lambda row: ExchangeView(**row._asdict()),
                key=lambda exchange: exchange.number,
            )

    def mails(self, *, after: int | None = None, limit: int = PAGE) -> Page[MailView, int]:
        """Return mail, oldest first, by its numbers."""
        with self._open() as work:
            return read_page(
                lambda count: accounts.page_of_mail(work.connection, after=after, limit=count),
                limit,
                show=lambda row: MailView(**row._asdict()),
                key=lambda mail: mail.number,
            )

    def _commands(self, action: Action | None, after: str | None, limit: int) -> Page[CommandView, str]:
        with self._open() as work:
            last = None if after is None else commands.find(work.connection, after)
            if after is not None and last is None:
                raise AdministrationError(f"there is no command {after} for a page to begin after")
            return read_page(
                lambda count: commands.page(work.connection, action, after=last, limit=count),
                limit,
                show=command_view,
                key=lambda command: command.id,
            )

    def _values(
        self, view: type[V], outcomes: Collection[ValueOutcome], serial: str | None, after: int | None, limit: int
    ) -> Page[V, int]:
        chosen = None if serial is None else read_serial(serial)
        with self._open() as work:
            return read_page(
                lambda count: commands.page_of_bills(
                    work.connection, outcomes, serial=chosen, after=after, limit=count
                ),
                limit,
                show=lambda row: view(**row._asdict() | {"outcome": ValueOutcome(row.outcome)}),
                key=lambda value: value.id,
            )
