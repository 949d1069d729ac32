"""Take a device to any state at once, by the steps that lead there: what people, the clock and its client would do.

Each step is taken by the service that takes it otherwise. What takes time - the hour until a device is detected, the
thirty days of the administrative systems - has passed for this device alone; what a client alone can say is said in
its name, and the journal has that a person did so. For testbeds: a bill must never rest on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.billing.billing_cycle import Frequency
from esolutions_server.domain.billing.commands import Action, Outcome, ServiceState
from esolutions_server.domain.billing.plausibility import MeterValue
from esolutions_server.domain.devices.states import DeviceState, Step, StepError, way_to
from esolutions_server.service.devices import lifecycle, retirement
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.exchanges.commands import command_queue, submissions
from esolutions_server.service.exchanges.exchange import ExchangeOutcome
from esolutions_server.service.exchanges.proxies import registration
from esolutions_server.service.messages import (
    DeviceStatus,
    MessageHeader,
    NewDevice,
    RegisterProxyDevices,
    SyncProxyStatus,
)
from esolutions_server.service.people import enrolment
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_server.service.people.presentation.views import DeviceMove
from esolutions_server.store.repositories import accounts, commands, devices, proxies
from esolutions_server.store.repositories.exchanges import journal
from esolutions_server.store.repositories.records import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_server.service.messages import DeviceOutcome
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord, ProxyRecord

__all__ = ["ACCOUNT", "PERSON", "take_to"]

# Whose a device is that is not entered yet. RFC 2606: no mail reaches that name.
ACCOUNT, PERSON = "Testbed", "testbed@testbed.invalid"


def take_to(work: UnitOfWork, device: DeviceRecord, target: DeviceState) -> DeviceMove:
    """Take a device to a state; return the steps, none where it is there.

    Raises:
        AdministrationError: its client could not say what it would have to say.
    """
    try:
        steps = way_to(DeviceState(device.state), target, tuple(_STEPS))
    except StepError as error:
        raise AdministrationError(str(error)) from None
    for step in steps:
        _STEPS[step](work, _found(work, device.serial))
    return DeviceMove(target, steps)


def _detect(work: UnitOfWork, device: DeviceRecord) -> None:
    _know(work, device)
    lifecycle.take_step(work, _found(work, device.serial), Step.DETECT)


def _sign_up(work: UnitOfWork, device: DeviceRecord) -> None:
    lifecycle.take_step(work, device, Step.SIGN_UP, declined_at=None)


def _command(work: UnitOfWork, device: DeviceRecord) -> None:
    """Let its client be told to turn it on, as in a sync of its own."""
    _know(work, device)
    equipment = accounts.find_equipment(work.connection, device.serial)
    told = command_queue.command_for(work, lifecycle.advance(work, device, equipment))
    if told is None:
        raise AdministrationError(f"nothing could be commanded of {device.serial}")
    _note(work, device, "SyncProxy", f"{told.action} is commanded", devices_out=1)


def _activate(work: UnitOfWork, device: DeviceRecord) -> None:
    """Let its client say that it has turned it on."""
    proxy = _proxy_of(work, device)
    waiting = commands.open_for(work.connection, device.serial)
    command = next((each for each in waiting if each.action == Action.TURN_ON), None)
    if command is None:
        raise AdministrationError(f"{device.serial} was not told to be turned on")
    status = DeviceStatus(_spelled(device), command.id, ServiceState.ACTIVE, work.now, work.policy.poll_interval)
    _check(submissions.take_statuses(work, proxy, SyncProxyStatus(_header(work, proxy), (status,))))
    _note(work, device, "SyncProxyStatus", f"{_spelled(device)} {ServiceState.ACTIVE}", devices_in=1)


def _register(work: UnitOfWork, device: DeviceRecord) -> None:
    """Let its client register it again, with the meters and the values that are known of it."""
    proxy = _proxy_of(work, device)
    meters = tuple(MeterValue(each.name, each.last_value) for each in devices.meters_of(work.connection, device.serial))
    request = RegisterProxyDevices(
        header=_header(work, proxy),
        consent_given_at=proxy.consent_given_at,
        detected_at=work.now,
        last_poll_at=proxy.last_poll_at,
        fleet_digest=proxy.fleet_digest,
        devices=(NewDevice(_spelled(device), work.now, meters),),
    )
    _check(registration.register_devices(work, proxy, request))
    _note(work, device, "RegisterProxyDevices", f"{_spelled(device)} is registered", devices_in=1)


_STEPS: Mapping[Step, Callable[[UnitOfWork, DeviceRecord], object]] = {
    Step.DETECT: _detect,
    Step.SIGN_UP: _sign_up,
    Step.COMMAND: _command,
    Step.ACTIVATE: _activate,
    Step.CANCEL: retirement.cancel,
    Step.REPLACE: lambda work, device: retirement.end(work, device, Step.REPLACE),
    Step.RETIRE: lambda work, device: retirement.end(work, device, Step.RETIRE),
    Step.REGISTER: _register,
}


def _know(work: UnitOfWork, device: DeviceRecord) -> None:
    """Enter a device into the administrative systems, if it is not there: monthly, installed long enough ago."""
    if accounts.find_equipment(work.connection, device.serial) is not None:
        return
    if accounts.account_named(work.connection, ACCOUNT) is None:
        enrolment.add_account(work, ACCOUNT, PERSON)
    installed = (work.now - work.policy.administrative_delay).date()
    row = EquipmentRow(device.serial, installed, ACCOUNT, PERSON, Frequency.MONTHLY.value)
    enrolment.import_row(work, row)


def _found(work: UnitOfWork, serial: str) -> DeviceRecord:
    device = devices.find(work.connection, serial)
    if device is None:
        raise KeyError(serial)
    return device


def _proxy_of(work: UnitOfWork, device: DeviceRecord) -> ProxyRecord:
    proxy = proxies.find(work.connection, device.proxy_id)
    if proxy is None:
        raise KeyError(device.proxy_id)
    return proxy


def _spelled(device: DeviceRecord) -> str:
    return device.spelled or device.serial


def _header(work: UnitOfWork, proxy: ProxyRecord) -> MessageHeader:
    message_id = work.new_id()
    return MessageHeader(message_id, message_id, 1, work.now, proxy.instance_id, proxy.next_contact_at)


def _check(outcomes: tuple[DeviceOutcome, ...]) -> None:
    for outcome in outcomes:
        if outcome.outcome != Outcome.ACCEPTED:
            raise AdministrationError(f"{outcome.serial}: {outcome.reason}")


def _note(
    work: UnitOfWork, device: DeviceRecord, operation: str, what: str, *, devices_in: int = 0, devices_out: int = 0
) -> None:
    """Write into the journal that a person did what the client would."""
    entry = JournalEntry(
        moment=work.now,
        operation=operation,
        proxy_id=device.proxy_id,
        message_id=None,
        attempt=None,
        devices_in=devices_in,
        devices_out=devices_out,
        bytes_in=0,
        bytes_out=0,
        published_in=None,
        published_out=None,
        outcome=ExchangeOutcome.BY_HAND.value,
        note=f"{device.serial}: {what}; a person of the testbed did it, no message came",
        waited=None,
    )
    journal.write(work.connection, entry)
