"""What a testbed's server knows, as a program sees it that talks to its admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from esolutions_server.client.transport import quoted
from esolutions_server.domain.devices.states import DeviceState, Step
from esolutions_server.service.people.presentation import views
from esolutions_server.service.people.presentation.view_types import view_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esolutions_server.client.transport import AdminTransport
    from esolutions_server.service.people.enrolment import EquipmentRow

__all__ = ["StateControl"]

View = TypeVar("View")
_ROWS_A_PAGE = 500


class StateControl:
    """Accounts, people, equipment, proxies, devices, commands, meter values and mail of a testbed.

    Lists are iterators that ask for a page when it is needed; they raise as every method does.

    Raises, in every method:
        TestbedUnreachableError: no testbed answers.
        TestbedRefusedError: it said no, and why; status 404 where there is no such thing.
    """

    def __init__(self, transport: AdminTransport) -> None:
        self._transport = transport

    # Customers

    def accounts(self) -> Iterator[views.AccountView]:
        """Yield all accounts, by name."""
        return self._every(views.AccountView, "accounts")

    def account(self, name: str) -> views.AccountView:
        """Return the account of that name."""
        return self._one(views.AccountView, "GET", f"accounts/{quoted(name)}")

    def add_account(self, name: str, key_user: str) -> views.AccountView:
        """Add an account; its key user, an e-mail address, is a person of it."""
        return self._one(views.AccountView, "POST", "accounts", {"name": name, "key_user": key_user})

    def people(self) -> Iterator[views.PersonView]:
        """Yield all people, by address."""
        return self._every(views.PersonView, "people")

    def person(self, email: str) -> views.PersonView:
        """Return the person of that address."""
        return self._one(views.PersonView, "GET", f"people/{quoted(email)}")

    def add_person(self, account: str, email: str) -> views.PersonView:
        """Add a person to an account."""
        return self._one(views.PersonView, "POST", "people", {"account": account, "email": email})

    def equipment(self) -> Iterator[views.EquipmentView]:
        """Yield what the administrative systems know, by serial number."""
        return self._every(views.EquipmentView, "equipment")

    def equipment_of(self, serial: str) -> views.EquipmentView:
        """Return what the administrative systems know of a device."""
        return self._one(views.EquipmentView, "GET", f"equipment/{quoted(serial)}")

    def import_equipment(self, rows: Iterable[EquipmentRow]) -> int:
        """Take over rows, all or none; return how many."""
        names = ("serial", "account", "person", "frequency", "anchor_day", "time_zone")
        documents = [
            {name: getattr(row, name) for name in names} | {"installed_on": row.installed_on.isoformat()}
            for row in rows
        ]
        return int(self._transport.ask("POST", "equipment", documents)["imported"])

    def mail(self) -> Iterator[views.MailView]:
        """Yield all mail, oldest first."""
        return self._every(views.MailView, "mail")

    def one_mail(self, number: int) -> views.MailView:
        """Return the mail of that number."""
        return self._one(views.MailView, "GET", f"mail/{number}")

    # Clients and devices

    def proxies(self) -> Iterator[views.ProxyView]:
        """Yield all proxies, by id."""
        return self._every(views.ProxyView, "proxies")

    def proxy(self, proxy_id: str) -> views.ProxyView:
        """Return the proxy of that id."""
        return self._one(views.ProxyView, "GET", f"proxies/{quoted(proxy_id)}")

    def devices(self) -> Iterator[views.DeviceView]:
        """Yield all devices, by serial number."""
        return self._every(views.DeviceView, "devices")

    def device(self, serial: str) -> views.DeviceView:
        """Return the device of that serial number."""
        return self._one(views.DeviceView, "GET", f"devices/{quoted(serial)}")

    def take_to(self, serial: str, state: DeviceState) -> views.DeviceMove:
        """Take a device to a state at once, by the steps that lead there, which are returned."""
        taken = self._transport.ask("POST", f"devices/{quoted(serial)}/state", {"state": state.value})
        return views.DeviceMove(DeviceState(taken["state"]), tuple(map(Step, taken["steps"])))

    def sign_up(self, serial: str, person: str | None = None, *, at_once: bool = False) -> views.DeviceView:
        """Sign a device up, as the person it is assigned to or as the one named; `at_once` without waiting."""
        wanted: dict[str, Any] = {"at_once": at_once} | ({} if person is None else {"person": person})
        return self._one(views.DeviceView, "POST", f"devices/{quoted(serial)}/sign-up", wanted)

    def cancel(self, serial: str) -> views.DeviceView:
        """End the enrolment of a device."""
        return self._one(views.DeviceView, "POST", f"devices/{quoted(serial)}/cancel")

    def retire(self, serial: str, *, is_replaced: bool = False) -> views.DeviceView:
        """Take a device out of service, or note that another one stands in its place."""
        ending = "replace" if is_replaced else "retire"
        return self._one(views.DeviceView, "POST", f"devices/{quoted(serial)}/{ending}")

    def reassign(self, serial: str, person: str) -> str:
        """Assign a device to another person of its account; return whose it was."""
        asked = self._transport.ask("POST", f"devices/{quoted(serial)}/reassign", {"person": person})
        return str(asked["previous"])

    # Billing

    def request_billing(self, serial: str) -> views.CommandView:
        """Ask for the meters of an active device now."""
        return self._one(views.CommandView, "POST", f"devices/{quoted(serial)}/billing-request")

    def commands(self) -> Iterator[views.CommandView]:
        """Yield all commands, the oldest period first."""
        return self._every(views.CommandView, "commands")

    def command(self, command_id: str) -> views.CommandView:
        """Return the command of that id."""
        return self._one(views.CommandView, "GET", f"commands/{quoted(command_id)}")

    def accept(self, command_id: str) -> views.HeldDecision:
        """Bill the held reading that answers a request."""
        decided = self._transport.ask("POST", f"commands/{quoted(command_id)}/accept")
        return views.HeldDecision(tuple(decided["billed"]), tuple(decided["not_billed"]))

    def reject(self, command_id: str) -> str | None:
        """Bill nothing of a held reading; return the id of the command that asks for another one, if one does."""
        asked: str | None = self._transport.ask("POST", f"commands/{quoted(command_id)}/reject")["asked_again"]
        return asked

    def bills(self, serial: str | None = None) -> Iterator[views.BillView]:
        """Yield what is billed, of all devices or of one, oldest first."""
        return self._every(views.BillView, "bills", serial=serial)

    def held_values(self, serial: str | None = None) -> Iterator[views.ValueView]:
        """Yield what waits for a person, of all devices or of one, oldest first."""
        return self._every(views.ValueView, "held-values", serial=serial)

    def values(self, serial: str | None = None) -> Iterator[views.ValueView]:
        """Yield what is not billed, held or for good, of all devices or of one, oldest first."""
        return self._every(views.ValueView, "values", serial=serial)

    def value(self, number: int) -> views.ValueView:
        """Return the meter value of that number, billed or not."""
        return self._one(views.ValueView, "GET", f"values/{number}")

    def _one(self, view: type[View], method: str, path: str, document: Any = None) -> View:
        return view_of(view, self._transport.ask(method, path, document))

    def _every(self, view: type[View], path: str, **query: str | None) -> Iterator[View]:
        after: str | int | None = None
        while True:
            page = self._transport.ask("GET", path, query={**query, "after": after, "limit": _ROWS_A_PAGE})
            yield from (view_of(view, row) for row in page["rows"])
            after = page["next"]
            if after is None:
                return
