"""List all that a server knows, row by row: a page is read when it is needed, and nothing is kept of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.service.people.pages import each_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_server.service.people.enrolment import ListedDevice
    from esolutions_server.service.people.lists.listings import Pages
    from esolutions_server.service.people.presentation import views

__all__ = ["Rows"]


class Rows:
    """The lists of a server, whole: iterators over the rows of all pages, in the order of `Pages`.

    A page is a transaction: what is written meanwhile is seen where it follows the row that was read last.

    Raises, in every method, when the iterator is asked for a row:
        StoreUnavailableError: the database cannot be used at the moment.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def accounts(self) -> Iterator[views.AccountView]:
        """Yield all accounts."""
        return each_row(lambda after, limit: self._pages.accounts(after=after, limit=limit))

    def people(self) -> Iterator[views.PersonView]:
        """Yield all people."""
        return each_row(lambda after, limit: self._pages.people(after=after, limit=limit))

    def equipment(self) -> Iterator[views.EquipmentView]:
        """Yield all that the administrative systems know."""
        return each_row(lambda after, limit: self._pages.equipment(after=after, limit=limit))

    def detected(self, person: str) -> Iterator[ListedDevice]:
        """Yield the registered devices of a person's account, and why some are missing from the page.

        Raises:
            AdministrationError: the person belongs to no account.
        """
        return each_row(lambda after, limit: self._pages.detected(person, after=after, limit=limit))

    def devices(self) -> Iterator[views.DeviceView]:
        """Yield all devices."""
        return each_row(lambda after, limit: self._pages.devices(after=after, limit=limit))

    def proxies(self) -> Iterator[views.ProxyView]:
        """Yield all proxies."""
        return each_row(lambda after, limit: self._pages.proxies(after=after, limit=limit))

    def requests(self) -> Iterator[views.CommandView]:
        """Yield all billing requests."""
        return each_row(lambda after, limit: self._pages.requests(after=after, limit=limit))

    def commands(self) -> Iterator[views.CommandView]:
        """Yield all commands, activations included."""
        return each_row(lambda after, limit: self._pages.commands(after=after, limit=limit))

    def bills(self, serial: str | None = None) -> Iterator[views.BillView]:
        """Yield the accepted meter values, of all devices or of one.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return each_row(lambda after, limit: self._pages.bills(serial, after=after, limit=limit))

    def held(self, serial: str | None = None) -> Iterator[views.ValueView]:
        """Yield the meter values that wait for a person.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return each_row(lambda after, limit: self._pages.held(serial, after=after, limit=limit))

    def not_billed(self, serial: str | None = None) -> Iterator[views.ValueView]:
        """Yield the meter values that are not billed, held or for good.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return each_row(lambda after, limit: self._pages.not_billed(serial, after=after, limit=limit))

    def journal(self, since: datetime | None = None, *, proxy_id: str | None = None) -> Iterator[views.ExchangeView]:
        """Yield the exchanges since a time, of all proxies or of one.

        Raises:
            AdministrationError: that can be no proxy's id.
        """
        return each_row(lambda after, limit: self._pages.journal(since, proxy_id=proxy_id, after=after, limit=limit))

    def mails(self) -> Iterator[views.MailView]:
        """Yield all mail."""
        return each_row(lambda after, limit: self._pages.mails(after=after, limit=limit))
