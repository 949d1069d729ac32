"""Take what is submitted for commands: statuses, readings to bill, and word that a device is read no more.

A command is answered once, and by exactly the meters it ordered. The same
submission again is accepted again and changes nothing; another is refused.
What is not accepted has a reason, which goes back to the proxy.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from esolutions_server.domain.billing.commands import Action, CommandState, CommandStep, Outcome, ServiceState
from esolutions_server.domain.billing.orders import OrderError, check_ordered
from esolutions_server.domain.devices.identity import IdentityError, canonical_serial
from esolutions_server.domain.devices.states import DeviceState, Step
from esolutions_server.service import mail
from esolutions_server.service.billing import bills
from esolutions_server.service.billing.command_steps import take_command_step
from esolutions_server.service.billing.orders import ordered_meters
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.devices.retirement import STEPS, leave_service
from esolutions_server.service.errors import NotTakenError
from esolutions_server.service.exchanges.proxies import resuming
from esolutions_server.service.exchanges.wire_ranges import check_reading, check_status
from esolutions_server.service.messages import DeviceOutcome
from esolutions_server.service.reasons import shortened
from esolutions_server.store.repositories import commands, devices

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from esolutions_server.service.messages import (
        DeviceReading,
        DeviceStatus,
        SubmitBillingTransaction,
        SyncProxyStatus,
    )
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, DeviceRecord, ProxyRecord

    Submission = TypeVar("Submission", DeviceStatus, DeviceReading)

__all__ = ["take_readings", "take_statuses"]

OUTCOME_OF_STATE: Mapping[str, Outcome] = {
    CommandState.ANSWERED: Outcome.ACCEPTED,
    CommandState.DECLINED: Outcome.ACCEPTED,
    CommandState.HELD: Outcome.HELD,
}


def take_statuses(work: UnitOfWork, proxy: ProxyRecord, request: SyncProxyStatus) -> tuple[DeviceOutcome, ...]:
    """Note which devices a proxy turned on; return the outcome of each. Bounded by the devices of one message."""
    return tuple(_outcome(_take_status, work, proxy, status) for status in request.devices)


def take_readings(work: UnitOfWork, proxy: ProxyRecord, request: SubmitBillingTransaction) -> tuple[DeviceOutcome, ...]:
    """Bill the readings that a proxy submits, or hold them; return the outcome of each.

    Bounded by the devices of one message.
    """
    return tuple(_outcome(_take_reading, work, proxy, reading) for reading in request.devices)


def _outcome(
    take: Callable[[UnitOfWork, ProxyRecord, Submission], DeviceOutcome],
    work: UnitOfWork,
    proxy: ProxyRecord,
    submission: Submission,
) -> DeviceOutcome:
    """Take a submission about a device under its canonical serial number; the outcome names it as it did."""
    try:
        serial = canonical_serial(submission.serial)
    except IdentityError as error:
        return DeviceOutcome(submission.serial, Outcome.REFUSED, shortened(str(error)))
    try:
        return replace(take(work, proxy, replace(submission, serial=serial)), serial=submission.serial)
    except NotTakenError as error:
        reason = shortened(str(error))
        command = commands.find(work.connection, submission.command_id)
        if command is not None and command.serial == serial and command.state == CommandState.OPEN:
            commands.set_values(work.connection, command.id, {"reason": reason})
        return DeviceOutcome(submission.serial, Outcome.REFUSED, reason)


def _find(
    work: UnitOfWork, proxy: ProxyRecord, submission: DeviceStatus | DeviceReading, action: Action
) -> tuple[DeviceRecord, CommandRecord]:
    """Return the device and the command of a submission; an unknown serial number or command id is not taken."""
    device = devices.find(work.connection, submission.serial)
    command = commands.find(work.connection, submission.command_id)
    if device is None:
        raise NotTakenError(f"no device {submission.serial} is registered")
    if device.proxy_id != proxy.id:
        raise NotTakenError(f"{submission.serial} belongs to another client")
    if command is None:
        raise NotTakenError(f"nothing was asked under {submission.command_id}")
    if command.serial != submission.serial:
        raise NotTakenError(f"{submission.command_id} is about another device")
    if command.action != action:
        raise NotTakenError(f"{submission.command_id} asked for a {command.action}")
    return device, command


def _take_status(work: UnitOfWork, proxy: ProxyRecord, status: DeviceStatus) -> DeviceOutcome:
    device, command = _find(work, proxy, status, Action.TURN_ON)
    check_status(work.latest, status)
    if command.state != CommandState.OPEN:
        return _again(command, status.state)
    if device.state != DeviceState.ACTIVATING:
        raise NotTakenError(f"{device.serial} is {device.state}, it waits for no status")
    take_command_step(work, command, CommandStep.ANSWER, answered_at=work.now, answer=status.state.value)
    if status.state == ServiceState.ACTIVE:
        billed_until = device.billed_until or work.now
        columns = {"activated_at": work.now, "turned_on_at": status.turned_on, "billed_until": billed_until}
        lifecycle.take_step(work, device, Step.ACTIVATE, **columns)
    elif status.state == ServiceState.REFUSED:
        lifecycle.take_step(work, device, Step.DECLINE, declined_at=work.now)
        mail.enrolment_declined(work, device.serial)
    else:
        leave_service(work, device, STEPS[status.state])
        mail.left_service(work, device.serial, status.state)
    return DeviceOutcome(device.serial, Outcome.ACCEPTED)


def _take_reading(work: UnitOfWork, proxy: ProxyRecord, reading: DeviceReading) -> DeviceOutcome:
    check_reading(reading)
    device, command = _asked(work, proxy, reading)
    content = reading.state or json.dumps({meter.name: meter.value for meter in reading.meters}, sort_keys=True)
    is_forgotten = command.state == CommandState.CANCELLED and reading.period_end is not None
    if command.state != CommandState.OPEN and not is_forgotten:
        return _again(command, content)
    # What was acknowledged before is billed as it was, though the sign-up may be among what was forgotten.
    if device.state != DeviceState.ACTIVE and reading.period_end is None:
        raise NotTakenError(f"{device.serial} is {device.state}, its meters are not asked for")
    if reading.state is not None:
        _decline(work, device, command, reading)
        return DeviceOutcome(device.serial, Outcome.ACCEPTED)
    is_offered = reading.period_end is not None
    # What was ordered by a request that was forgotten is what its submission names. And a restored server may not know
    # that it has ever sent the request.
    named = list(dict.fromkeys(meter.name for meter in reading.meters))
    ordered = named if is_offered else ordered_meters(work, command)
    _check_complete(ordered, reading)
    if not _is_timely(work, reading, command):
        raise NotTakenError(_why_not_timely(reading.read_at, command))
    reason = bills.bill(work, command, reading)
    step = CommandStep.ANSWER if reason is None else CommandStep.HOLD
    answered = {"answered_at": work.now, "answer": content, "reason": reason, "ordered": json.dumps(ordered)}
    state = take_command_step(work, command, step, **answered)
    if reason is not None:
        mail.reading_held(work, device.serial, reason, command.id)
    columns = {"billed_until": resuming.billed_until(device, command)} if is_offered else {}
    lifecycle.change(work, device, **columns)
    return DeviceOutcome(device.serial, OUTCOME_OF_STATE[state], reason)


def _asked(work: UnitOfWork, proxy: ProxyRecord, reading: DeviceReading) -> tuple[DeviceRecord, CommandRecord]:
    try:
        return _find(work, proxy, reading, Action.REPORT)
    except NotTakenError:
        if reading.period_end is None:
            raise
        _check_complete({meter.name: None for meter in reading.meters}, reading)
        resumed = resuming.forgotten_request(work, proxy, reading)
        if resumed is None:
            raise
        return resumed


def _again(command: CommandRecord, content: str) -> DeviceOutcome:
    """Give the outcome that a submission had when it came first."""
    outcome = OUTCOME_OF_STATE.get(command.state)
    if outcome is None:
        raise NotTakenError(f"the request is {command.state}")
    if command.answer != content:
        raise NotTakenError("the request was answered otherwise before")
    return DeviceOutcome(command.serial, outcome, None if outcome == Outcome.ACCEPTED else command.reason)


def _decline(work: UnitOfWork, device: DeviceRecord, command: CommandRecord, reading: DeviceReading) -> None:
    """Close a request that the client does not answer, for it reads the device no more; nothing else is asked."""
    if reading.state is None or reading.meters or reading.supplies or reading.read_at or reading.period_end:
        raise NotTakenError("a state comes without a reading")
    reason = f"the client says: {reading.state}"
    answered = {"answered_at": work.now, "answer": reading.state.value, "reason": reason}
    take_command_step(work, command, CommandStep.DECLINE, **answered)
    leave_service(work, device, STEPS[reading.state])
    mail.left_service(work, device.serial, reading.state)


def _check_complete(ordered: Collection[str], reading: DeviceReading) -> None:
    try:
        check_ordered(ordered, [meter.name for meter in reading.meters])
    except OrderError as error:
        raise NotTakenError(str(error)) from None


def _is_timely(work: UnitOfWork, reading: DeviceReading, command: CommandRecord) -> bool:
    return reading.read_at is not None and command.read_not_before <= reading.read_at <= work.latest


def _why_not_timely(read_at: datetime | None, command: CommandRecord) -> str:
    if read_at is None:
        return "the reading has no date"
    if read_at < command.read_not_before:
        return f"read at {read_at:%Y-%m-%d %H:%M:%S}, before {command.read_not_before:%Y-%m-%d %H:%M:%S} UTC"
    return f"read at {read_at:%Y-%m-%d %H:%M:%S} UTC, which is in the future"
