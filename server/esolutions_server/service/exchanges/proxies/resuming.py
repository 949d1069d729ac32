"""Take up again what a server forgot that was restored from a backup.

Whether it was restored the proxies show: each names the newest receipt it
holds, and a receipt that was never forgotten for its age is one of this
database. What was made after the backup comes back from the proxies, under the
ids it had. No device is signed up and no status believed: that is for
people to do again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_server.domain.billing.billing_cycle import Frequency, Period
from esolutions_server.domain.billing.commands import Action, CommandState
from esolutions_server.service.billing import bills
from esolutions_server.service.devices import lifecycle
from esolutions_server.store.repositories import accounts, commands, devices
from esolutions_server.store.repositories.exchanges import idempotency

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_server.service.messages import DeviceReading, MessageHeader
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, DeviceRecord, EquipmentRecord, ProxyRecord

__all__ = ["billed_until", "forgotten_request", "resume_point"]

_INSTANT = timedelta(seconds=1)


def resume_point(work: UnitOfWork, proxy: ProxyRecord, header: MessageHeader) -> str | None:
    """Return the last receipt that this server knows the proxy to hold; None where it knows the newest.

    Forgetting responses for their age leaves the newest that a proxy has acknowledged, and all after it: so a receipt
    that is not known was given by this server in a life it does not remember.
    """
    held = header.last_receipt_id
    if held is None or held == proxy.last_receipt_id or idempotency.knows_receipt(work.connection, proxy.id, held):
        return None
    return proxy.last_receipt_id or idempotency.first_receipt(work.connection, proxy.id)


def forgotten_request(
    work: UnitOfWork, proxy: ProxyRecord, reading: DeviceReading
) -> tuple[DeviceRecord, CommandRecord] | None:
    """Return the request that a reading answered before this server was restored: of the same period, or made again.

    None where the reading does not say that it was acknowledged before, or cannot be billed as it was.
    """
    end = reading.period_end
    if end is None or reading.read_at is None or end > reading.read_at:
        return None
    if commands.find(work.connection, reading.command_id) is not None:
        return None
    device = devices.find(work.connection, reading.serial)
    # One that was taken out of service since was in service when it was billed.
    if device is None or device.proxy_id != proxy.id:
        return None
    if bills.is_older_than_billed(work, reading):
        return None
    for command in commands.open_for(work.connection, device.serial):
        if command.action == Action.REPORT and command.period_end == end:
            # This server has asked for the same period anew meanwhile: it is answered as it was before.
            return device, command
    return device, _made_again(work, device, reading.command_id, end)


def billed_until(device: DeviceRecord, command: CommandRecord) -> datetime:
    """Return until when a device is billed by a request that was answered before: what comes next begins there."""
    return max(device.billed_until or command.period_end, command.period_end)


def _made_again(work: UnitOfWork, device: DeviceRecord, command_id: str, end: datetime) -> CommandRecord:
    equipment = accounts.find_equipment(work.connection, device.serial)
    values = {
        "id": command_id,
        "serial": device.serial,
        "action": Action.REPORT.value,
        "state": CommandState.OPEN.value,
        "issued_at": work.now,
        "read_not_before": end,
        "answer_by": end + work.policy.answer_within,
        # The contract may be younger than the backup, too; it only says how the request is called.
        "frequency": equipment.frequency if equipment else Frequency.MONTHLY.value,
        "period_start": _period(device, end, equipment).start,
        "period_end": end,
        "sent": 1,
    }
    commands.add(work.connection, values)
    made = commands.find(work.connection, command_id)
    assert made is not None  # noqa: S101 - it was added just now
    return made


def _period(device: DeviceRecord, end: datetime, equipment: EquipmentRecord | None) -> Period:
    """Return the period that ends there: one of the billing cycle, or one that a person asked for beside it."""
    if equipment is not None:
        period = lifecycle.contract_of(equipment).cycle.period_around(end - _INSTANT)
        if period.end == end:
            return period
    return Period(min(device.billed_until or end, end), end)
