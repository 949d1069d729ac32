"""List what a server knows, as views; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import Action, CommandState, ValueOutcome
from esolutions_server.domain.devices.states import DeviceState, ProxyState
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.exchanges.proxies import liveness
from esolutions_server.service.people.typed_words import find_device, read_guid, read_serial
from esolutions_server.service.people.views import (
    AccountView,
    BillView,
    CommandView,
    DeviceView,
    EquipmentView,
    ExchangeView,
    MailView,
    MeterView,
    ProxyView,
    SupplyView,
    ValueView,
)
from esolutions_server.store.repositories import accounts, commands, devices, journal, proxies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord, ProxyRecord

__all__ = [
    "every_account",
    "every_bill",
    "every_command",
    "every_device",
    "every_equipment",
    "every_exchange",
    "every_mail",
    "every_proxy",
    "every_value",
    "one_device",
    "one_proxy",
]


def every_account(work: UnitOfWork) -> list[AccountView]:
    """Return all accounts, by name."""
    return [AccountView(**row._asdict()) for row in accounts.every_account(work.connection)]


def every_equipment(work: UnitOfWork) -> list[EquipmentView]:
    """Return what the administrative systems know, by serial number."""
    return [EquipmentView(*record) for record in accounts.every_equipment(work.connection)]


def every_mail(work: UnitOfWork) -> list[MailView]:
    """Return all mail, oldest first."""
    return [MailView(**row._asdict()) for row in accounts.mails(work.connection)]


def every_command(work: UnitOfWork, action: Action | None = None) -> list[CommandView]:
    """Return all commands, or those of one action, the oldest period first."""
    return [
        CommandView(**record._asdict() | {"action": Action(record.action), "state": CommandState(record.state)})
        for record in commands.every(work.connection, action)
    ]


def every_bill(work: UnitOfWork, serial: str | None) -> list[BillView]:
    """Return the accepted meter values, of all devices or of one, oldest first.

    Raises:
        AdministrationError: that can be no serial number.
    """
    return [BillView(**columns) for columns in _values(work, serial, {ValueOutcome.ACCEPTED})]


def every_value(work: UnitOfWork, serial: str | None, outcomes: Collection[ValueOutcome]) -> list[ValueView]:
    """Return the received meter values of some outcomes, of all devices or of one, oldest first.

    Raises:
        AdministrationError: that can be no serial number.
    """
    return [ValueView(**columns) for columns in _values(work, serial, outcomes)]


def every_exchange(
    work: UnitOfWork, since: datetime | None, *, after_number: int, limit: int | None, proxy_id: str | None
) -> list[ExchangeView]:
    """Return the exchanges, of all proxies or of one, oldest first.

    Raises:
        AdministrationError: that can be no proxy's id.
    """
    chosen = None if proxy_id is None else read_guid(proxy_id, "client: `proxies` lists them")
    rows = journal.read(work.connection, since=since, after_number=after_number, limit=limit, proxy_id=chosen)
    return [ExchangeView(**row._asdict()) for row in rows]


def every_device(work: UnitOfWork) -> list[DeviceView]:
    """Return all devices, by serial number."""
    return [_device(work, record) for record in devices.every(work.connection)]


def one_device(work: UnitOfWork, serial: str) -> DeviceView:
    """Return all that is known of a device.

    Raises:
        AdministrationError: it is not registered.
    """
    return _device(work, find_device(work, serial))


def every_proxy(work: UnitOfWork) -> list[ProxyView]:
    """Return all proxies, by id."""
    return [_proxy(work, record) for record in proxies.every(work.connection)]


def one_proxy(work: UnitOfWork, proxy_id: str) -> ProxyView:
    """Return all that is known of a proxy but its secret.

    Raises:
        AdministrationError: there is none of that id.
    """
    record = proxies.find(work.connection, read_guid(proxy_id, "client"))
    if record is None:
        raise AdministrationError(f"no client {proxy_id} is registered: `proxies` lists those that are")
    return _proxy(work, record)


def _values(work: UnitOfWork, serial: str | None, outcomes: Collection[ValueOutcome]) -> Iterator[dict[str, Any]]:
    chosen = None if serial is None else read_serial(serial)
    for row in commands.bills_of(work.connection, serial=chosen):
        if row.outcome in outcomes:
            yield row._asdict() | {"outcome": ValueOutcome(row.outcome)}


def _device(work: UnitOfWork, record: DeviceRecord) -> DeviceView:
    columns: dict[str, Any] = record._asdict() | {"state": DeviceState(record.state)}
    meters = tuple(MeterView(*meter) for meter in devices.meters_of(work.connection, record.serial))
    supplies = tuple(SupplyView(**row._asdict()) for row in devices.supplies_of(work.connection, record.serial))
    return DeviceView(**columns, meters=meters, supplies=supplies)


def _proxy(work: UnitOfWork, record: ProxyRecord) -> ProxyView:
    columns: dict[str, Any] = record._asdict()
    del columns["secret"]
    state = liveness.state_of(record, work.now, work.policy.contact_grace)
    return ProxyView(**columns, expected_until=liveness.expected_until(record), is_silent=state == ProxyState.SILENT)
