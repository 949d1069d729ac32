"""What people do with a server: the operator's staff, and account holders on their pages.

Every method is one transaction. Who may call which is for the page or the
command line in front of it to decide.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing_cycle import Period
from esolutions_server.domain.commands import Action, ValueOutcome
from esolutions_server.domain.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.domain.ranges import RangeError, check_printable, check_range
from esolutions_server.domain.states import LIVING_STATES, DeviceState, ProxyState, Step, StepError
from esolutions_server.service import lifecycle, mail
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.exchanges import liveness
from esolutions_server.service.people import enrolment, equipment_file, held
from esolutions_server.service.people.retirement import leave_service
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store import accounts, commands, devices, exchanges, proxies

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.people.enrolment import EquipmentRow, ListedDevice
    from esolutions_server.store.database import Store
    from esolutions_server.store.records import DeviceRecord

__all__ = ["Administration"]

HIDDEN_COLUMNS = ("secret",)
# As the columns have it; RFC 5321, 4.5.3.1.3, for an address.
LONGEST_NAME = 100
LONGEST_ADDRESS = 254


class Administration:
    """Accounts, equipment, sign-up, requests by hand, and lists of everything (as dictionaries of columns).

    Raises, in every method:
        StoreUnavailableError: the database cannot be used at the moment; nothing was changed.
        LostWriteError: the disk failed; what was changed may be lost.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime], rng: random.Random, policy: Policy) -> None:
        self._store = store
        self._now = now
        self._rng = rng
        self._policy = policy

    def add_account(self, name: str, key_user_email: str) -> None:
        """Add an account; its key user is a person of it.

        Raises:
            AdministrationError: there is one of that name, or one of these cannot be.
        """
        _check_name("the name of an account", name, LONGEST_NAME)
        _check_address(key_user_email)
        with self._work() as work:
            if accounts.account_named(work.connection, name) is not None:
                raise AdministrationError(f"there is an account {name!r} already")
            account_id = accounts.add_account(work.connection, name, key_user_email)
            accounts.add_person(work.connection, key_user_email, account_id)

    def add_person(self, account: str, email: str) -> None:
        """Add somebody who reports meter reads for an account.

        Raises:
            AdministrationError: there is no such account, or that is no address.
        """
        _check_address(email)
        with self._work() as work:
            account_id = accounts.account_named(work.connection, account)
            if account_id is None:
                raise AdministrationError(f"there is no account {account!r}")
            accounts.add_person(work.connection, email, account_id)

    def import_equipment(self, source: Path | str | Iterable[EquipmentRow]) -> int:
        """Take over what the administrative systems know, from rows or a CSV file; return how many devices.

        Raises:
            AdministrationError: the file or a row is unusable, or names an account that is not there; none is taken.
        """
        rows = equipment_file.rows_of(source)
        with self._work() as work:
            for row in rows:
                enrolment.import_row(work, row)
        return len(rows)

    def detected_page(self, person: str) -> tuple[ListedDevice, ...]:
        """List the registered devices of a person's account, and why some are missing from the page.

        Raises:
            AdministrationError: the person belongs to no account.
        """
        with self._work() as work:
            return enrolment.detected_page(work, person)

    def sign_up(self, serial: str, person: str | None = None) -> None:
        """Sign a device up, as the person it is assigned to or as the one named; once more changes nothing.

        Raises:
            AdministrationError: it is not registered, has left service, or is not on the person's page.
        """
        with self._work() as work:
            enrolment.sign_up(work, _device(work, serial), person)

    def reassign(self, serial: str, person: str) -> str:
        """Assign a device to another person of the account; who had it before, and is returned, gets mail.

        Raises:
            AdministrationError: the administrative systems do not know it, or the person is none of its account.
        """
        with self._work() as work:
            serial = _serial(serial)
            equipment = accounts.find_equipment(work.connection, serial)
            if equipment is None:
                raise AdministrationError(
                    f"the administrative systems do not know {serial}: `equipment import` it first"
                )
            if accounts.account_of_person(work.connection, person) != equipment.account_id:
                raise AdministrationError(
                    f"{person} does not belong to the account of {serial}: `person add` them first"
                )
            if equipment.person != person:
                accounts.set_person(work.connection, serial, person)
                mail.reassigned(work, serial, equipment.person, person)
            return equipment.person

    def cancel(self, serial: str) -> str:
        """End the enrolment of a device; it stays registered and can be signed up again. Return its state.

        Raises:
            AdministrationError: it is not registered, or not enrolled.
        """
        with self._work() as work:
            device = _device(work, serial)
            _end(work, device, Step.CANCEL)
            mail.enrolment_cancelled(work, device.serial)
            return _device(work, serial).state

    def retire(self, serial: str, *, is_replaced: bool = False) -> str:
        """Take a device out of service, or note that another one stands in its place. Return its state.

        Raises:
            AdministrationError: it is not registered, or has left service already.
        """
        with self._work() as work:
            _end(work, _device(work, serial), Step.REPLACE if is_replaced else Step.RETIRE)
            return _device(work, serial).state

    def request_billing(self, serial: str) -> str:
        """Ask for the meters of an active device now, beside its billing cycle; return the request's id.

        Raises:
            AdministrationError: it is not registered, or not active.
        """
        with self._work() as work:
            device = _device(work, serial)
            if device.state != DeviceState.ACTIVE or device.billed_until is None:
                raise AdministrationError(
                    f"{device.serial} is {device.state}; only an active device is asked for its meters"
                )
            asked = commands.find_issued(work.connection, device.serial, Action.REPORT, work.now)
            if asked is not None:
                # Asking twice in one second is asking once.
                return asked.id
            period = Period(min(device.billed_until, work.now), work.now)
            return lifecycle.ask(work, device, period)

    def accept_held(self, command_id: str) -> dict[str, list[str]]:
        """Bill a reading that was held, as it is; return the meters that are `billed` and those that are `not_billed`.

        Of a reading with a meter that could not be read the others are billed.

        Raises:
            AdministrationError: nothing is held under this id.
        """
        with self._work() as work:
            return held.accept(work, _guid(command_id, "request: `billing values --held` lists those that are held"))

    def reject_held(self, command_id: str) -> str | None:
        """Bill nothing of a reading that was held; return the id of the request for another one, if there is one.

        Raises:
            AdministrationError: nothing is held under this id.
        """
        with self._work() as work:
            return held.reject(work, _guid(command_id, "request: `billing values --held` lists those that are held"))

    def bills(self, serial: str | None = None) -> list[dict[str, Any]]:
        """Return the accepted meter values, oldest first.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return [bill for bill in self._values(serial) if bill["outcome"] == ValueOutcome.ACCEPTED]

    def held(self, serial: str | None = None) -> list[dict[str, Any]]:
        """Return the meter values that wait for a person, each with the reason.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return [bill for bill in self._values(serial) if bill["outcome"] == ValueOutcome.HELD]

    def not_billed(self, serial: str | None = None) -> list[dict[str, Any]]:
        """Return the meter values that are not billed, held or for good, each with the reason.

        Raises:
            AdministrationError: that can be no serial number.
        """
        return [bill for bill in self._values(serial) if bill["outcome"] != ValueOutcome.ACCEPTED]

    def requests(self) -> list[dict[str, Any]]:
        """Return all billing requests, the oldest period first."""
        with self._work() as work:
            return [_columns(command) for command in commands.every(work.connection, Action.REPORT)]

    def commands(self) -> list[dict[str, Any]]:
        """Return all commands, activations included."""
        with self._work() as work:
            return [_columns(command) for command in commands.every(work.connection)]

    def journal(
        self,
        since: datetime | None = None,
        *,
        after_number: int = 0,
        limit: int | None = None,
        proxy_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the exchanges, of all proxies or of one, oldest first.

        Raises:
            AdministrationError: that can be no proxy's id.
        """
        chosen = None if proxy_id is None else _guid(proxy_id, "client: `proxies` lists them")
        with self._work() as work:
            rows = exchanges.read_journal(
                work.connection, since=since, after_number=after_number, limit=limit, proxy_id=chosen
            )
            return [row._asdict() for row in rows]

    def mails(self) -> list[dict[str, Any]]:
        """Return all mail, oldest first."""
        with self._work() as work:
            return [row._asdict() for row in accounts.mails(work.connection)]

    def accounts(self) -> list[dict[str, Any]]:
        """Return all accounts."""
        with self._work() as work:
            return [row._asdict() for row in accounts.every_account(work.connection)]

    def equipment(self) -> list[dict[str, Any]]:
        """Return what the administrative systems know."""
        with self._work() as work:
            return [_columns(record) for record in accounts.every_equipment(work.connection)]

    def devices(self) -> list[dict[str, Any]]:
        """Return all devices, each with its `meters` and `supplies`."""
        with self._work() as work:
            return [_columns(record) | _inside(work, record) for record in devices.every(work.connection)]

    def device(self, serial: str) -> dict[str, Any]:
        """Return all that is known of a device.

        Raises:
            AdministrationError: it is not registered.
        """
        with self._work() as work:
            record = _device(work, serial)
            return _columns(record) | _inside(work, record)

    def proxy(self, proxy_id: str) -> dict[str, Any]:
        """Return all that is known of a proxy but its secret.

        Raises:
            AdministrationError: there is none of that id.
        """
        name = _guid(proxy_id, "client")
        found = [proxy for proxy in self.proxies() if proxy["id"] == name]
        if not found:
            raise AdministrationError(f"no client {proxy_id} is registered: `proxies` lists those that are")
        return found[0]

    def proxies(self) -> list[dict[str, Any]]:
        """Return all proxies without their secrets, each with whether it `is_silent`."""
        with self._work() as work:
            grace = self._policy.contact_grace
            return [
                _columns(proxy)
                | {
                    "expected_until": liveness.expected_until(proxy),
                    "is_silent": liveness.state_of(proxy, work.now, grace) == ProxyState.SILENT,
                }
                for proxy in proxies.every(work.connection)
            ]

    def _values(self, serial: str | None) -> list[dict[str, Any]]:
        chosen = None if serial is None else _serial(serial)
        with self._work() as work:
            return [row._asdict() for row in commands.bills_of(work.connection, serial=chosen)]

    @contextmanager
    def _work(self) -> Iterator[UnitOfWork]:
        with self._store.transaction() as connection:
            yield UnitOfWork(connection, self._now().replace(microsecond=0), self._rng, self._policy)


def _serial(text: str) -> str:
    """Return the canonical form of a serial number that somebody typed."""
    try:
        return canonical_serial(text)
    except IdentityError as error:
        raise AdministrationError(str(error)) from None


def _guid(text: str, kind: str) -> str:
    """Return the canonical form of a GUID that somebody typed; the message says what it should name."""
    try:
        return canonical_guid(text)
    except IdentityError as error:
        raise AdministrationError(f"{error}; this names no {kind}") from None


def _check_name(what: str, text: str, longest: int) -> None:
    try:
        check_range(f"the length of {what}", len(text), 1, longest)
        check_printable(what, text)
    except RangeError as error:
        raise AdministrationError(str(error)) from None


def _check_address(text: str) -> None:
    _check_name("an e-mail address", text, LONGEST_ADDRESS)
    name, at, host = text.rpartition("@")
    if not name or not at or not host or " " in text:
        raise AdministrationError(f"{text!r} is no e-mail address: give NAME@HOST")


def _device(work: UnitOfWork, serial: str) -> DeviceRecord:
    serial = _serial(serial)
    device = devices.find(work.connection, serial)
    if device is None:
        raise AdministrationError(f"{serial} is not registered: `devices` lists those that are")
    return device


def _end(work: UnitOfWork, device: DeviceRecord, step: Step) -> None:
    try:
        leave_service(work, device, step)
    except StepError as error:
        hint = "it has a new life when a client registers it again"
        if device.state in LIVING_STATES:
            hint = "it is not enrolled, so there is nothing to end"
        raise AdministrationError(f"{device.serial}: {error}; {hint}") from None


def _columns(record: Any) -> dict[str, Any]:
    return {name: value for name, value in record._asdict().items() if name not in HIDDEN_COLUMNS}


def _inside(work: UnitOfWork, device: DeviceRecord) -> dict[str, Any]:
    return {
        "meters": [_columns(meter) for meter in devices.meters_of(work.connection, device.serial)],
        "supplies": [row._asdict() for row in devices.supplies_of(work.connection, device.serial)],
    }
