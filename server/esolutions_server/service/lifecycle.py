"""Take devices through their lives and bring their work into being.

`attention_at` of a device says when a sync has to look at it, so that a sync
with nothing to do asks the store one question. Everything that changes a
device goes through `take_step` or `refresh`, which keep it right.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing_cycle import BillingCycle, Frequency, Period
from esolutions_server.domain.states import LIVING_STATES, DeviceState, Step, next_state
from esolutions_server.store import accounts, commands, devices, proxies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.records import DeviceRecord, EquipmentRecord

__all__ = [
    "administered_at",
    "advance",
    "cycle_of",
    "detectable_at",
    "digest_of",
    "digest_with",
    "open_request",
    "refresh",
    "refresh_fleet_digest",
    "take_step",
]

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
UNDECIDED = (DeviceState.REGISTERED, DeviceState.DETECTED)


def cycle_of(equipment: EquipmentRecord) -> BillingCycle:
    """Return the billing cycle of a device's contract."""
    return BillingCycle(Frequency(equipment.frequency), equipment.anchor_day, equipment.time_zone)


def detectable_at(work: UnitOfWork, device: DeviceRecord, equipment: EquipmentRecord) -> datetime:
    """Return when a device shows on the detected page: the hour and the thirty days are over."""
    return max(device.registered_at + work.policy.detection_delay, administered_at(work, equipment))


def administered_at(work: UnitOfWork, equipment: EquipmentRecord) -> datetime:
    """Return when the administrative systems know an installation."""
    installed = datetime.combine(equipment.installed_on, time(), UTC)
    return installed + work.policy.administrative_delay


def take_step(work: UnitOfWork, device: DeviceRecord, step: Step, **columns: Any) -> DeviceRecord:
    """Take a device one step on, with the columns that change along.

    Raises:
        StepError: the device cannot take this step.
    """
    state = next_state(DeviceState(device.state), step)
    devices.set_values(work.connection, device.serial, {"state": state.value, **columns})
    return refresh(work, device.serial)


def refresh(work: UnitOfWork, serial: str) -> DeviceRecord:
    """Work out again when a sync has to look at a device, and return its row with that moment in it.

    Raises:
        KeyError: no such device is registered.
    """
    device = devices.find(work.connection, serial)
    if device is None:
        raise KeyError(serial)
    attention_at = _attention_at(work, device)
    devices.set_values(work.connection, serial, {"attention_at": attention_at})
    return device._replace(attention_at=attention_at)


def _attention_at(work: UnitOfWork, device: DeviceRecord) -> datetime | None:
    if device.state in {DeviceState.SIGNED_UP, DeviceState.ACTIVATING}:
        return ALWAYS
    equipment = accounts.find_equipment(work.connection, device.serial)
    if device.state in UNDECIDED:
        is_automatic = work.policy.signup == "automatic" and device.declined_at is None
        return detectable_at(work, device, equipment) if is_automatic and equipment else None
    if device.state != DeviceState.ACTIVE:
        return None
    if commands.open_for(work.connection, device.serial):
        return ALWAYS
    return cycle_of(equipment).next_end(device.billed_until) if equipment and device.billed_until else None


def advance(work: UnitOfWork, device: DeviceRecord) -> DeviceRecord:
    """Do what has fallen due about a device: sign it up, command it, ask for its meters."""
    equipment = accounts.find_equipment(work.connection, device.serial)
    if equipment is None:
        return device
    if device.state in UNDECIDED and work.policy.signup == "automatic":
        if device.state == DeviceState.REGISTERED:
            device = take_step(work, device, Step.DETECT)
        device = take_step(work, device, Step.SIGN_UP)
    if device.state == DeviceState.SIGNED_UP:
        period = cycle_of(equipment).period_around(work.now)
        open_request(work, device, "TurnOn", period, read_not_before=work.now)
        return take_step(work, device, Step.COMMAND)
    if device.state == DeviceState.ACTIVE and device.billed_until is not None:
        return _ask_for_ended_periods(work, device, cycle_of(equipment), device.billed_until)
    return device


def _ask_for_ended_periods(
    work: UnitOfWork, device: DeviceRecord, cycle: BillingCycle, billed_until: datetime
) -> DeviceRecord:
    for period in cycle.periods_after(billed_until):
        if period.end > work.now:
            break
        open_request(work, device, "Report", period, read_not_before=period.end)
        billed_until = period.end
    if billed_until == device.billed_until:
        return device
    devices.set_values(work.connection, device.serial, {"billed_until": billed_until})
    return refresh(work, device.serial)


def open_request(
    work: UnitOfWork, device: DeviceRecord, action: str, period: Period, *, read_not_before: datetime
) -> str:
    """Make a command that is repeated in every sync until it is answered, and return its id.

    Raises:
        KeyError: the administrative systems do not know the device.
    """
    equipment = accounts.find_equipment(work.connection, device.serial)
    if equipment is None:
        raise KeyError(device.serial)
    command_id = work.new_id()
    values = {
        "id": command_id,
        "serial": device.serial,
        "action": action,
        "state": "open",
        "issued_at": work.now,
        "read_not_before": read_not_before,
        "answer_by": read_not_before + work.policy.answer_within,
        "frequency": equipment.frequency,
        "period_start": period.start,
        "period_end": period.end,
        "sent": 0,
    }
    commands.add(work.connection, values)
    return command_id


def refresh_fleet_digest(work: UnitOfWork, proxy_id: str) -> None:
    """Work out again the digest of the devices a proxy should have."""
    serials = devices.spelled_by_proxy(work.connection, proxy_id, LIVING_STATES)
    proxies.set_values(work.connection, proxy_id, {"fleet_digest": digest_of(serials)})


def digest_with(work: UnitOfWork, proxy_id: str, added: Iterable[str]) -> str:
    """Return the digest of the devices a proxy should have, once it has these, too."""
    return digest_of({*devices.spelled_by_proxy(work.connection, proxy_id, LIVING_STATES), *added})


def digest_of(serials: Iterable[str]) -> str:
    """Return the digest of a fleet, as a proxy works it out."""
    return b64encode(sha256("\n".join(sorted(serials)).encode()).digest()).decode()
