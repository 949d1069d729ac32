"""Take devices through their lives: what is decided about one is written once, with when it is looked at again.

`attention_at` of a device says when a sync has to look at it, so that a sync
with nothing to do asks the store one question. Everything that changes a
device goes through here, which keeps it right; what is due is decided in
`domain.progress`.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from functools import reduce
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency
from esolutions_server.domain.billing.commands import Action, CommandState
from esolutions_server.domain.devices.progress import Contract, Request, Situation, attention_at, progress_of
from esolutions_server.domain.devices.states import LIVING_STATES, DeviceState, Step, next_state
from esolutions_server.store.repositories import accounts, commands, devices, proxies
from esolutions_server.store.repositories.records import DeviceRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from esolutions_server.domain.billing.billing_cycle import Period
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import EquipmentRecord

__all__ = [
    "add",
    "advance",
    "ask",
    "change",
    "contract_of",
    "digest_of",
    "digest_with",
    "refresh_fleet_digest",
    "take_step",
]

_SECOND = timedelta(seconds=1)
# In these states the contract decides when a device is looked at.
_BY_CONTRACT = (DeviceState.REGISTERED, DeviceState.DETECTED, DeviceState.ACTIVE)


def contract_of(equipment: EquipmentRecord) -> Contract:
    """Return the contract of a device, as it is decided by."""
    cycle = BillingCycle(Frequency(equipment.frequency), equipment.anchor_day, equipment.time_zone)
    return Contract(equipment.installed_on, cycle)


def advance(work: UnitOfWork, device: DeviceRecord, equipment: EquipmentRecord | None) -> DeviceRecord:
    """Do what has fallen due about a device, and return its row as it was written.

    Nothing is read: what the decision takes comes with the call.
    """
    progress = progress_of(_situation(device, equipment), work.policy, work.now)
    if equipment is None or not progress.requests:
        return device
    for request in progress.requests:
        _make(work, equipment, request)
    columns = {"state": progress.state.value, "billed_until": progress.billed_until}
    return _write(work, device, columns, equipment, has_open_request=True)


def ask(work: UnitOfWork, device: DeviceRecord, period: Period) -> str:
    """Ask for the meters of an active device now, beside its billing cycle; return the id of the request.

    Raises:
        KeyError: the administrative systems do not know the device.
    """
    equipment = accounts.find_equipment(work.connection, device.serial)
    if equipment is None:
        raise KeyError(device.serial)
    request = _make(work, equipment, Request(Action.REPORT, period, work.now))
    _write(work, device, {}, equipment, has_open_request=True)
    return request


def take_step(work: UnitOfWork, device: DeviceRecord, *steps: Step, **columns: Any) -> DeviceRecord:
    """Take a device a step on, or several, with the columns that change along; return its row as it was written.

    Raises:
        StepError: the device cannot take this step.
    """
    state = reduce(next_state, steps, DeviceState(device.state))
    return change(work, device, state=state.value, **columns)


def change(work: UnitOfWork, device: DeviceRecord, **columns: Any) -> DeviceRecord:
    """Change columns of a device, and when it is looked at along with them; return its row as it was written.

    To be called, too, when a command was answered or the contract has changed: `attention_at` depends on both.
    """
    state = columns.get("state", device.state)
    serial = device.serial
    equipment = accounts.find_equipment(work.connection, serial) if state in _BY_CONTRACT else None
    has_open_request = state == DeviceState.ACTIVE and bool(commands.open_for(work.connection, serial))
    return _write(work, device, columns, equipment, has_open_request=has_open_request)


def add(work: UnitOfWork, serial: str, proxy_id: str, *, spelled: str, detected_at: datetime) -> DeviceRecord:
    """Keep a new device of a proxy; return its row as it was written."""
    device = DeviceRecord(
        serial=serial,
        proxy_id=proxy_id,
        state=DeviceState.REGISTERED.value,
        registered_at=work.now,
        activated_at=None,
        declined_at=None,
        billed_until=None,
        attention_at=None,
        spelled=spelled,
        same_as=None,
        detected_at=detected_at,
        turned_on_at=None,
    )
    equipment = accounts.find_equipment(work.connection, serial)
    device = device._replace(attention_at=attention_at(_situation(device, equipment), work.policy))
    devices.add(work.connection, device._asdict())
    return device


def _write(
    work: UnitOfWork,
    device: DeviceRecord,
    columns: dict[str, Any],
    equipment: EquipmentRecord | None,
    *,
    has_open_request: bool,
) -> DeviceRecord:
    """Write what changes of a device's row, if anything does, and return the row."""
    changed = device._replace(**columns)
    situation = _situation(changed, equipment, has_open_request=has_open_request)
    changed = changed._replace(attention_at=attention_at(situation, work.policy))
    before = device._asdict()
    values = {name: value for name, value in changed._asdict().items() if value != before[name]}
    if values:
        devices.set_values(work.connection, device.serial, values)
    return changed


def _situation(device: DeviceRecord, equipment: EquipmentRecord | None, *, has_open_request: bool = False) -> Situation:
    return Situation(
        state=DeviceState(device.state),
        registered_at=device.registered_at,
        contract=contract_of(equipment) if equipment else None,
        declined_at=device.declined_at,
        billed_until=device.billed_until,
        has_open_request=has_open_request,
    )


def _make(work: UnitOfWork, equipment: EquipmentRecord, request: Request) -> str:
    """Make a command that is repeated in every sync until it is answered, and return its id."""
    command_id = work.new_id()
    values = {
        "id": command_id,
        "serial": equipment.serial,
        "action": request.action.value,
        "state": CommandState.OPEN.value,
        "issued_at": _issued_at(work, equipment.serial, request.action),
        "read_not_before": request.read_not_before,
        "answer_by": request.read_not_before + work.policy.answer_within,
        "frequency": equipment.frequency,
        "period_start": request.period.start,
        "period_end": request.period.end,
        "sent": 0,
    }
    commands.add(work.connection, values)
    return command_id


def _issued_at(work: UnitOfWork, serial: str, action: Action) -> datetime:
    """Return when a command is issued: of two of a kind for a device one is the later, though no second has passed."""
    issued_at = work.now
    # A clock may stand while a device is turned on, cancelled and signed up again; who asks for readings sees to it.
    while action == Action.TURN_ON and commands.find_issued(work.connection, serial, action, issued_at):
        issued_at += _SECOND
    return issued_at


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
