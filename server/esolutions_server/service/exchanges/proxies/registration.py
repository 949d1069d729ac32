"""Let proxies and devices in.

A device belongs to one proxy. When a second one registers it, the first keeps
it for as long as it was heard from within `Policy.silent_after`; after that
the device moves, with its readings and its place in the billing cycle.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import Action, CommandStep, Outcome
from esolutions_server.domain.devices.identity import IdentityError, canonical_serial
from esolutions_server.domain.devices.serials import stands_for_none
from esolutions_server.domain.devices.states import LIVING_STATES, Step
from esolutions_server.service.billing.command_steps import take_command_step
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.errors import FaultCode, NotTakenError, RefusalError
from esolutions_server.service.exchanges.wire_ranges import check_new_device
from esolutions_server.service.messages import DeviceOutcome
from esolutions_server.service.reasons import shortened
from esolutions_server.store.repositories import commands, devices, proxies
from esolutions_server.store.repositories.records import ProxyRecord

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from esolutions_server.service.messages import NewDevice, RegisterProxy, RegisterProxyDevices
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord

__all__ = ["add_proxy", "register_devices", "renew_proxy"]

# The SHA-256 of no serial numbers at all.
DIGEST_OF_NO_DEVICES = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def add_proxy(work: UnitOfWork, proxy_id: str, request: RegisterProxy, *, binds_body: bool) -> ProxyRecord:
    """Keep a new proxy with its secret, and whether its nonces bind their bodies."""
    proxy = ProxyRecord(
        id=proxy_id,
        secret=request.secret,
        registered_at=work.now,
        installed_at=request.installed_at,
        consent_given_at=request.consent_given_at,
        daily_sync_time=request.daily_sync_time,
        sync_window=int(request.sync_window.total_seconds()),
        poll_interval=int(request.poll_interval.total_seconds()),
        instance_id=request.header.instance_id,
        former_instance_id=None,
        last_heard_at=work.now,
        next_contact_at=request.header.next_contact_at,
        last_poll_at=None,
        reason=None,
        queue=0,
        last_receipt_id=None,
        fleet_digest=DIGEST_OF_NO_DEVICES,
        binds_body=binds_body,
    )
    proxies.add(work.connection, proxy)
    return proxy


def renew_proxy(work: UnitOfWork, proxy: ProxyRecord, request: RegisterProxy) -> None:
    """Take the schedule of a proxy that registers, maybe again, with the secret it has.

    Raises:
        RefusalError: the secret is another one.
    """
    if not hmac.compare_digest(proxy.secret.encode(), request.secret.encode()):
        raise RefusalError(FaultCode.FAILED_AUTHENTICATION, "the proxy is registered with another secret")
    values = {
        "consent_given_at": request.consent_given_at,
        "daily_sync_time": request.daily_sync_time,
        "sync_window": int(request.sync_window.total_seconds()),
        "poll_interval": int(request.poll_interval.total_seconds()),
    }
    proxies.set_values(work.connection, proxy.id, values)


def register_devices(work: UnitOfWork, proxy: ProxyRecord, request: RegisterProxyDevices) -> tuple[DeviceOutcome, ...]:
    """Keep the devices of a proxy with their opening readings; return the outcome of each.

    Bounded by the devices of one message.
    """
    outcomes = tuple(_outcome(work, proxy, new, request.detected_at) for new in request.devices)
    lifecycle.refresh_fleet_digest(work, proxy.id)
    return outcomes


def _outcome(work: UnitOfWork, proxy: ProxyRecord, new: NewDevice, detected_at: datetime) -> DeviceOutcome:
    try:
        serial = canonical_serial(new.serial)
        _register(work, proxy, replace(new, serial=serial), {"spelled": new.serial, "detected_at": detected_at})
    except (IdentityError, NotTakenError) as error:
        return DeviceOutcome(new.serial, Outcome.REFUSED, shortened(str(error)))
    return DeviceOutcome(new.serial, Outcome.ACCEPTED)


def _register(work: UnitOfWork, proxy: ProxyRecord, new: NewDevice, told: dict[str, Any]) -> None:
    """Keep a device with what is told of it as columns.

    Raises:
        NotTakenError: it cannot be registered, or not by this proxy.
    """
    if stands_for_none(new.serial):
        raise NotTakenError("that is no serial number: other printers may show the same, enter the one on its label")
    check_new_device(work.latest, new)
    if not new.meters:
        raise NotTakenError("it shows no meter: there would be nothing to bill")
    device = devices.find(work.connection, new.serial)
    if device is None:
        lifecycle.add(work, new.serial, proxy.id, **told)
        _keep_opening_readings(work, new)
    elif device.state not in LIVING_STATES:
        _start_anew(work, proxy, device, told)
        _keep_opening_readings(work, new)
    elif device.proxy_id != proxy.id:
        _move(work, proxy, device, told)
    else:
        lifecycle.change(work, device, **told)
    _keep_new_meters(work, new)


def _start_anew(work: UnitOfWork, proxy: ProxyRecord, device: DeviceRecord, told: dict[str, Any]) -> None:
    columns = {
        "proxy_id": proxy.id,
        "registered_at": work.now,
        "activated_at": None,
        "declined_at": None,
        "billed_until": None,
    }
    lifecycle.take_step(work, device, Step.REGISTER, **columns, **told)


def _move(work: UnitOfWork, proxy: ProxyRecord, device: DeviceRecord, told: dict[str, Any]) -> None:
    holder = proxies.find(work.connection, device.proxy_id)
    if holder is not None and holder.last_heard_at > work.now - work.policy.silent_after:
        days = work.policy.silent_after.days
        raise NotTakenError(f"another client, heard from within {days} days, reports it: retire it there first")
    for command in commands.open_for(work.connection, device.serial):
        if command.action == Action.TURN_ON:
            take_command_step(work, command, CommandStep.CANCEL)
    lifecycle.take_step(work, device, Step.MOVE, proxy_id=proxy.id, **told)
    lifecycle.refresh_fleet_digest(work, device.proxy_id)


def _keep_opening_readings(work: UnitOfWork, new: NewDevice) -> None:
    devices.keep_meters(work.connection, new.serial, _opening_rows(new, 0, ()), replace=True)


def _keep_new_meters(work: UnitOfWork, new: NewDevice) -> None:
    """Take up the meters of a known device that it did not show before; those that it did keep their readings."""
    known = [meter.name for meter in devices.meters_of(work.connection, new.serial)]
    rows = _opening_rows(new, len(known), known)
    if rows:
        devices.keep_meters(work.connection, new.serial, rows, replace=False)


def _opening_rows(new: NewDevice, first_position: int, known: Collection[str]) -> list[dict[str, Any]]:
    # A printer may show one name twice; the first row counts.
    by_name = {meter.name: meter.value for meter in reversed(new.meters)}
    names = [name for name in dict.fromkeys(meter.name for meter in new.meters) if name not in known]
    return [
        {
            "serial": new.serial,
            "name": name,
            "position": position,
            # A meter that cannot be read now is opened by its first value.
            "opening_value": by_name[name],
            "opening_read_at": None if by_name[name] is None else new.read_at,
            "last_value": by_name[name],
            "last_read_at": None if by_name[name] is None else new.read_at,
        }
        for position, name in enumerate(names, start=first_position)
    ]
