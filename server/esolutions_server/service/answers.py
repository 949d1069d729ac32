"""Take the answers to commands: statuses, and readings to bill.

A command is answered once. The same answer again is accepted again and
changes nothing; another answer is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from esolutions_server.domain.states import DeviceState, Step
from esolutions_server.service import billing, notices, resuming
from esolutions_server.service import devices as lives
from esolutions_server.service.messages import DeviceOutcome
from esolutions_server.store import commands, devices

if TYPE_CHECKING:
    from esolutions_server.service.context import Work
    from esolutions_server.service.messages import (
        DeviceReading,
        DeviceStatus,
        Outcome,
        SubmitBillingTransaction,
        SyncProxyStatus,
    )
    from esolutions_server.store.records import CommandRecord, DeviceRecord, ProxyRecord

__all__ = ["take_readings", "take_statuses"]

OUTCOME_OF_STATE: dict[str, Outcome] = {"answered": "Accepted", "held": "Held"}


def take_statuses(work: Work, proxy: ProxyRecord, request: SyncProxyStatus) -> tuple[DeviceOutcome, ...]:
    """Note which devices a proxy turned on."""
    return tuple(DeviceOutcome(status.serial, _take_status(work, proxy, status)) for status in request.devices)


def take_readings(work: Work, proxy: ProxyRecord, request: SubmitBillingTransaction) -> tuple[DeviceOutcome, ...]:
    """Judge the readings a proxy submits, and bill or hold them."""
    return tuple(DeviceOutcome(reading.serial, _take_reading(work, proxy, reading)) for reading in request.devices)


def _find(
    work: Work, proxy: ProxyRecord, answer: DeviceStatus | DeviceReading, action: str
) -> tuple[DeviceRecord, CommandRecord] | None:
    device = devices.find(work.connection, answer.serial)
    command = commands.find(work.connection, answer.command_id)
    if device is None or command is None or device.proxy_id != proxy.id:
        return None
    if command.serial != answer.serial or command.action != action:
        return None
    return device, command


def _take_status(work: Work, proxy: ProxyRecord, status: DeviceStatus) -> Outcome:
    found = _find(work, proxy, status, "TurnOn")
    if found is None:
        return "Refused"
    device, command = found
    answer = "Active" if status.is_active else "Refused"
    if command.state != "open":
        return "Accepted" if command.answer == answer else "Refused"
    if device.state != DeviceState.ACTIVATING:
        return "Refused"
    commands.set_values(work.connection, command.id, {"state": "answered", "answered_at": work.now, "answer": answer})
    if status.is_active:
        billed_until = device.billed_until or work.now
        lives.take_step(work, device, Step.ACTIVATE, activated_at=work.now, billed_until=billed_until)
    else:
        lives.take_step(work, device, Step.DECLINE, declined_at=work.now)
        notices.enrolment_declined(work, device.serial)
    return "Accepted"


def _take_reading(work: Work, proxy: ProxyRecord, reading: DeviceReading) -> Outcome:
    if not _is_complete(reading):
        return "Refused"
    found = _find(work, proxy, reading, "Report") or resuming.forgotten_request(work, proxy, reading)
    if found is None:
        return "Refused"
    device, command = found
    answer = json.dumps({meter.name: meter.value for meter in reading.meters}, sort_keys=True)
    if command.state != "open":
        return OUTCOME_OF_STATE.get(command.state, "Refused") if command.answer == answer else "Refused"
    # What was acknowledged before is billed as it was, though the sign-up may be among what was forgotten.
    is_in_service = device.state == DeviceState.ACTIVE or reading.period_end is not None
    if not is_in_service or not _is_timely(work, reading, command):
        return "Refused"
    outcome = billing.bill(work, command, reading)
    if outcome == "Refused":
        return outcome
    state = "held" if outcome == "Held" else "answered"
    commands.set_values(work.connection, command.id, {"state": state, "answered_at": work.now, "answer": answer})
    if outcome == "Held":
        notices.reading_held(work, device.serial)
    if reading.period_end is not None:
        resuming.note_billed(work, device, command)
    lives.refresh(work, device.serial)
    return outcome


def _is_complete(reading: DeviceReading) -> bool:
    names = {meter.name for meter in reading.meters}
    return 0 < len(names) == len(reading.meters)


def _is_timely(work: Work, reading: DeviceReading, command: CommandRecord) -> bool:
    return command.read_not_before <= reading.read_at <= work.now + work.policy.freshness
