"""Bill a reading that was held, or reject it: what a person decides who has looked into it.

What could not be read is not billed, whatever is decided: the next reading of
that meter counts from the last one that was. Values are judged elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.billing_cycle import Period
from esolutions_server.domain.billing.commands import Action, CommandState, CommandStep, ValueOutcome
from esolutions_server.domain.billing.plausibility import LastReading, MeterValue, impressions_since
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.service.billing import bills
from esolutions_server.service.billing.command_steps import take_command_step
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.presentation.views import HeldDecision
from esolutions_server.service.people.typed_words import read_guid
from esolutions_server.store.repositories import commands, devices

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, MeterRecord

__all__ = ["accept", "reject"]


def accept(work: UnitOfWork, command_id: str) -> HeldDecision:
    """Bill what was read; return the names of the meters that are billed, and of those that are not.

    Raises:
        AdministrationError: nothing is held under this request.
    """
    command_id, held = _held(work, command_id)
    known = {meter.name: meter for meter in devices.meters_of(work.connection, held[0]["serial"])}
    billed, left = [], []
    for bill in held:
        values = _decided(bill, known.get(bill["meter"]))
        commands.set_bill_outcome(work.connection, bill["id"], values)
        if values["outcome"] == ValueOutcome.ACCEPTED:
            billed.append(bill)
        else:
            left.append(bill["meter"])
    take_command_step(work, _command(work, command_id), CommandStep.ANSWER)
    bills.note_last_values(work, held[0]["serial"], billed, known)
    return HeldDecision(tuple(bill["meter"] for bill in billed), tuple(left))


def reject(work: UnitOfWork, command_id: str) -> str | None:
    """Bill nothing of a held reading and ask for another one; return the id of the request that asks for it.

    It is the one of the period that is open already, where there is one, and None where the device is not in service
    any more or another reading is billed for the period.

    Raises:
        AdministrationError: nothing is held under this request, or it was made in this very second.
    """
    command_id, held = _held(work, command_id)
    for bill in held:
        commands.set_bill_outcome(work.connection, bill["id"], {"outcome": ValueOutcome.REJECTED.value})
    command = _command(work, command_id)
    take_command_step(work, command, CommandStep.REJECT)
    device = devices.find(work.connection, held[0]["serial"])
    if device is None or device.state != DeviceState.ACTIVE:
        return None
    return _ask_again(work, command)


def _ask_again(work: UnitOfWork, command: CommandRecord) -> str | None:
    states = {each.state: each.id for each in commands.of_period(work.connection, command.serial, command.period_end)}
    if CommandState.OPEN in states or CommandState.ANSWERED in states:
        # A server that was restored may hold what it had decided upon: the period is billed, or asked for, already.
        return states.get(CommandState.OPEN)
    device = devices.find(work.connection, command.serial)
    if device is None:
        raise KeyError(command.serial)
    asked = commands.find_issued(work.connection, command.serial, Action.REPORT, work.now)
    if asked is not None and asked.period_end == command.period_end:
        raise AdministrationError("it was asked for and answered within this second: reject it again in the next one")
    period = Period(command.period_start, command.period_end)
    return lifecycle.ask(work, device, period)


def _command(work: UnitOfWork, command_id: str) -> CommandRecord:
    command = commands.find(work.connection, command_id)
    if command is None:
        raise KeyError(command_id)
    return command


def _held(work: UnitOfWork, typed: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the canonical id of a request, and the values that are held under it."""
    command_id = read_guid(typed, "request: `billing values --held` lists those that are held")
    bills = [row._asdict() for row in commands.bills_of(work.connection, command_id)]
    held = [bill for bill in bills if bill["outcome"] == ValueOutcome.HELD]
    if not held:
        raise AdministrationError(f"nothing is held under {command_id}: `billing values --held` lists what is")
    return command_id, held


def _decided(bill: dict[str, Any], meter: MeterRecord | None) -> dict[str, Any]:
    """Return what becomes of one value of a reading that a person has accepted."""
    if bill["value"] is None:
        return {"outcome": ValueOutcome.UNREAD.value}
    if meter is None or meter.last_value is None or meter.last_read_at is None:
        return {"outcome": ValueOutcome.ACCEPTED.value, "impressions": 0}
    if meter.last_read_at > bill["read_at"]:
        return {
            "outcome": ValueOutcome.COVERED.value,
            "impressions": 0,
            "reason": "a later reading is billed, and covers it",
        }
    value = MeterValue(bill["meter"], bill["value"], bill["rollover_at"])
    before = LastReading(bill["previous_value"] or 0, bill["read_at"])
    if impressions_since(value, before) != bill["impressions"]:
        # It was this value that was not credible: it is what the next one counts from, and bills nothing itself.
        return {"outcome": ValueOutcome.ACCEPTED.value, "impressions": 0}
    # Another reading that was held may have been accepted since: it counts from that one.
    impressions = impressions_since(value, LastReading(meter.last_value, meter.last_read_at))
    return {
        "outcome": ValueOutcome.ACCEPTED.value,
        "impressions": max(impressions, 0),
        "previous_value": meter.last_value,
    }
