"""What people see of the store's records: each as a view, with what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import Action, CommandState
from esolutions_server.domain.devices.proxies import ProxyFacts, proxy_state
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.service.errors import NotKnownError
from esolutions_server.service.exchanges.proxies import liveness
from esolutions_server.service.people.presentation.views import (
    CommandView,
    DeviceView,
    MeterView,
    ProxyView,
    SupplyView,
)
from esolutions_server.service.people.typed_words import read_guid
from esolutions_server.store.repositories import devices, proxies

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, DeviceRecord, ProxyRecord

__all__ = ["command_view", "device_view", "proxy_of", "proxy_view"]


def command_view(record: CommandRecord) -> CommandView:
    """Return a command as people see it."""
    states = {"action": Action(record.action), "state": CommandState(record.state)}
    return CommandView(**record._asdict() | states)


def device_view(work: UnitOfWork, record: DeviceRecord) -> DeviceView:
    """Return a device as people see it, with its meters and supplies."""
    columns: dict[str, Any] = record._asdict() | {"state": DeviceState(record.state)}
    meters = tuple(MeterView(*meter) for meter in devices.meters_of(work.connection, record.serial))
    supplies = tuple(SupplyView(**row._asdict()) for row in devices.supplies_of(work.connection, record.serial))
    return DeviceView(**columns, meters=meters, supplies=supplies)


def proxy_view(work: UnitOfWork, record: ProxyRecord) -> ProxyView:
    """Return a proxy as people see it: without its secret, and with where it is in its life."""
    columns: dict[str, Any] = record._asdict()
    del columns["secret"]
    until = liveness.expected_until(record)
    states = devices.states_of_proxy(work.connection, record.id)
    facts = ProxyFacts(record.reason is not None, record.last_heard_at, until, states)
    return ProxyView(
        **columns,
        expected_until=until,
        is_silent=liveness.is_silent(record, work.now, work.policy.contact_grace),
        state=proxy_state(facts, work.now),
    )


def proxy_of(work: UnitOfWork, proxy_id: str) -> ProxyView:
    """Return all that is known of a proxy but its secret.

    Raises:
        NotKnownError: there is none of that id.
        AdministrationError: that can be no id.
    """
    record = proxies.find(work.connection, read_guid(proxy_id, "client"))
    if record is None:
        raise NotKnownError(f"no client {proxy_id} is registered: `proxies` lists those that are")
    return proxy_view(work, record)
