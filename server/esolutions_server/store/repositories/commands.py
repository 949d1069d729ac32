"""Find and keep the commands to proxies, and the bills that come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from esolutions_server.domain.billing.commands import Action, CommandState, ValueOutcome
from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.records import CommandRecord
from esolutions_server.store.schema import bills, commands, devices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

__all__ = [
    "add",
    "add_bills",
    "bills_of",
    "every",
    "find",
    "find_issued",
    "last_outcomes",
    "next_deadline",
    "of_period",
    "open_for",
    "overdue",
    "overdue_and_told",
    "set_bill_outcome",
    "set_values",
]

_FIND = Prepared(select(commands).where(commands.c.id == bindparam("command_id")))
_IS_OPEN = commands.c.state == CommandState.OPEN.value
_IS_REPORT = commands.c.action == Action.REPORT.value
_OPEN = Prepared(
    select(commands)
    .where(commands.c.serial == bindparam("serial"), _IS_OPEN)
    .order_by(commands.c.period_end, commands.c.issued_at)
)
_OVERDUE = Prepared(
    select(commands).where(
        _IS_OPEN, _IS_REPORT, commands.c.answer_by < bindparam("now"), commands.c.overdue_mailed_at.is_(None)
    )
)
_TOLD = Prepared(select(commands.c.serial).where(_IS_OPEN, _IS_REPORT, commands.c.overdue_mailed_at.is_not(None)))
_ADD = Prepared(insert(commands))
_ADD_BILLS = Prepared(insert(bills))
_UPDATE = Prepared(update(commands).where(commands.c.id == bindparam("_id")))


def find(connection: Connection, command_id: str) -> CommandRecord | None:
    """Return the command of that id."""
    row = _FIND.first(connection, {"command_id": command_id})
    return None if row is None else CommandRecord._make(row)


def every(connection: Connection, action: Action | None = None) -> list[CommandRecord]:
    """Return all commands, the oldest period first."""
    query = select(commands).order_by(commands.c.period_end, commands.c.serial, commands.c.issued_at)
    if action is not None:
        query = query.where(commands.c.action == action.value)
    return [CommandRecord._make(row) for row in connection.execute(query)]


def find_issued(connection: Connection, serial: str, action: Action, moment: datetime) -> CommandRecord | None:
    """Return the command about a device that was issued at that very time."""
    query = select(commands).where(
        commands.c.serial == serial, commands.c.action == action.value, commands.c.issued_at == moment
    )
    row = connection.execute(query).first()
    return None if row is None else CommandRecord._make(row)


def of_period(connection: Connection, serial: str, period_end: datetime) -> list[CommandRecord]:
    """Return the billing requests about a device for the period that ends there."""
    query = select(commands).where(commands.c.serial == serial, _IS_REPORT, commands.c.period_end == period_end)
    return [CommandRecord._make(row) for row in connection.execute(query)]


def open_for(connection: Connection, serial: str) -> list[CommandRecord]:
    """Return the unanswered commands about a device, the oldest period first."""
    return [CommandRecord._make(row) for row in _OPEN.rows(connection, {"serial": serial})]


def overdue(connection: Connection, now: datetime) -> list[CommandRecord]:
    """Return the billing requests whose deadline has passed and about which no mail was sent yet."""
    return [CommandRecord._make(row) for row in _OVERDUE.rows(connection, {"now": now})]


def next_deadline(connection: Connection, now: datetime) -> datetime | None:
    """Return the next deadline of a billing request, not before `now`, that no mail was sent about."""
    query = select(func.min(commands.c.answer_by)).where(
        _IS_OPEN, _IS_REPORT, commands.c.answer_by >= now, commands.c.overdue_mailed_at.is_(None)
    )
    return connection.execute(query).scalar()


def overdue_and_told(connection: Connection) -> set[str]:
    """Return the serial numbers of the devices whose missing reads mail was sent about."""
    return {row[0] for row in _TOLD.rows(connection, {})}


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a new command."""
    _ADD.run(connection, values)


def set_values(connection: Connection, command_id: str, values: dict[str, Any]) -> None:
    """Change columns of a command."""
    _UPDATE.run(connection, {**values, "_id": command_id})


def add_bills(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep the values that answer a command, accepted or held."""
    _ADD_BILLS.run_each(connection, rows)


def bills_of(connection: Connection, *, serial: str | None = None, command_id: str | None = None) -> Sequence[Row[Any]]:
    """Return the values that were received, oldest first."""
    query = select(bills).order_by(bills.c.id)
    if serial is not None:
        # And what is kept of it under another spelling from before serial numbers were normalised.
        twins = select(devices.c.serial).where(devices.c.same_as == serial)
        query = query.where(or_(bills.c.serial == serial, bills.c.serial.in_(twins)))
    if command_id is not None:
        query = query.where(bills.c.command_id == command_id)
    return connection.execute(query).all()


def last_outcomes(connection: Connection, serial: str) -> dict[str, str]:
    """Return what became of the newest value of each meter of a device that was decided upon."""
    query = (
        select(bills.c.meter, bills.c.outcome)
        .where(bills.c.serial == serial, bills.c.outcome.not_in((ValueOutcome.HELD.value, ValueOutcome.REJECTED.value)))
        .order_by(bills.c.id)
    )
    return {row.meter: row.outcome for row in connection.execute(query)}


def set_bill_outcome(connection: Connection, bill_id: int, values: dict[str, Any]) -> None:
    """Change what became of a held value."""
    connection.execute(update(bills).where(bills.c.id == bill_id), values)
