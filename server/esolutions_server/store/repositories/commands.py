"""Find and keep the commands to proxies, and the bills that come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, literal, or_, select, text, tuple_, update

from esolutions_server.domain.billing.commands import Action, CommandState, ValueOutcome
from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.keyset import keyset
from esolutions_server.store.repositories.records import CommandRecord
from esolutions_server.store.schema import bills, commands, devices

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, Row

__all__ = [
    "add",
    "add_bills",
    "bills_of",
    "find",
    "find_bill",
    "find_issued",
    "is_overdue_told",
    "last_outcomes",
    "next_deadline",
    "of_period",
    "open_for",
    "page",
    "page_of_bills",
    "page_of_overdue",
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
_TOLD = select(literal(1)).where(
    commands.c.serial == bindparam("serial"), _IS_OPEN, _IS_REPORT, commands.c.overdue_mailed_at.is_not(None)
)
# As the index of these rows spells it; the planner compares texts.
_NOT_ACCEPTED = text(f"outcome <> '{ValueOutcome.ACCEPTED.value}'")
_ADD = Prepared(insert(commands))
_ADD_BILLS = Prepared(insert(bills))
_UPDATE = Prepared(update(commands).where(commands.c.id == bindparam("_id")))


def find(connection: Connection, command_id: str) -> CommandRecord | None:
    """Return the command of that id."""
    row = _FIND.first(connection, {"command_id": command_id})
    return None if row is None else CommandRecord._make(row)


def page(
    connection: Connection, action: Action | None, *, after: CommandRecord | None, limit: int
) -> list[CommandRecord]:
    """Return so many commands that follow `after`, of all actions or of one, the oldest period first."""
    query = _following(select(commands), after, "period_end", "serial", "issued_at", "id").limit(limit)
    if action is not None:
        query = query.where(commands.c.action == action.value)
    return [CommandRecord._make(row) for row in connection.execute(query)]


def _following(query: Select[Any], after: CommandRecord | None, *names: str) -> Select[Any]:
    """Return a query in the order of several columns, from the row that follows `after`."""
    columns = [commands.c[name] for name in names]
    if after is not None:
        key = [literal(getattr(after, column.name), column.type) for column in columns]
        query = query.where(tuple_(*columns) > tuple_(*key))
    return query.order_by(*columns)


def find_issued(connection: Connection, serial: str, action: Action, issued_at: datetime) -> CommandRecord | None:
    """Return the command about a device that was issued at that very time."""
    query = select(commands).where(
        commands.c.serial == serial, commands.c.action == action.value, commands.c.issued_at == issued_at
    )
    row = connection.execute(query).first()
    return None if row is None else CommandRecord._make(row)


def of_period(connection: Connection, serial: str, period_end: datetime) -> list[CommandRecord]:
    """Return the billing requests about a device for the period that ends there.

    Bounded by what is asked for one period: the billing cycle's request, and those after a rejected reading.
    """
    query = select(commands).where(commands.c.serial == serial, _IS_REPORT, commands.c.period_end == period_end)
    return [CommandRecord._make(row) for row in connection.execute(query)]


def open_for(connection: Connection, serial: str) -> list[CommandRecord]:
    """Return the unanswered commands about a device, the oldest period first. Bounded by one device."""
    return [CommandRecord._make(row) for row in _OPEN.rows(connection, {"serial": serial})]


def page_of_overdue(
    connection: Connection, now: datetime, *, after: CommandRecord | None, limit: int
) -> list[CommandRecord]:
    """Return so many billing requests that follow `after`, are past their deadline, and were not told of by mail."""
    is_overdue = (_IS_OPEN, _IS_REPORT, commands.c.answer_by < now, commands.c.overdue_mailed_at.is_(None))
    query = _following(select(commands).where(*is_overdue), after, "answer_by", "serial", "id").limit(limit)
    return [CommandRecord._make(row) for row in connection.execute(query)]


def next_deadline(connection: Connection, now: datetime) -> datetime | None:
    """Return the next deadline of a billing request, not before `now`, that no mail was sent about."""
    query = select(func.min(commands.c.answer_by)).where(
        _IS_OPEN, _IS_REPORT, commands.c.answer_by >= now, commands.c.overdue_mailed_at.is_(None)
    )
    return connection.execute(query).scalar()


def is_overdue_told(connection: Connection, serial: str) -> bool:
    """Whether mail was sent about reads of a device that are still missing."""
    return connection.execute(_TOLD.limit(1), {"serial": serial}).first() is not None


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a new command."""
    _ADD.run(connection, values)


def set_values(connection: Connection, command_id: str, values: dict[str, Any]) -> None:
    """Change columns of a command."""
    _UPDATE.run(connection, {**values, "_id": command_id})


def add_bills(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep the values that answer a command, accepted or held."""
    _ADD_BILLS.run_each(connection, rows)


def bills_of(connection: Connection, command_id: str) -> Sequence[Row[Any]]:
    """Return the values that answer a command, in their order. Bounded by the meters of one device."""
    return connection.execute(select(bills).where(bills.c.command_id == command_id).order_by(bills.c.id)).all()


def find_bill(connection: Connection, bill_id: int) -> Row[Any] | None:
    """Return the value of that number, whatever became of it."""
    return connection.execute(select(bills).where(bills.c.id == bill_id)).first()


def page_of_bills(
    connection: Connection, outcomes: Collection[ValueOutcome], *, serial: str | None, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return so many values of some outcomes, those whose numbers follow `after`, of all devices or of one."""
    query = keyset(select(bills), bills.c.id, after, limit).where(bills.c.outcome.in_(sorted(outcomes)))
    if ValueOutcome.ACCEPTED not in outcomes:
        query = query.where(_NOT_ACCEPTED)
    if serial is not None:
        # And what is kept of it under another spelling from before serial numbers were normalised.
        twins = select(devices.c.serial).where(devices.c.same_as == serial)
        query = query.where(or_(bills.c.serial == serial, bills.c.serial.in_(twins)))
    return connection.execute(query).all()


def last_outcomes(connection: Connection, serial: str) -> dict[str, str]:
    """Return what became of the newest value of each meter of a device that was decided upon.

    Bounded by the meters of one device.
    """
    query = (
        select(bills.c.meter, bills.c.outcome)
        .where(bills.c.serial == serial, bills.c.outcome.not_in((ValueOutcome.HELD.value, ValueOutcome.REJECTED.value)))
        .order_by(bills.c.id)
    )
    return {row.meter: row.outcome for row in connection.execute(query)}


def set_bill_outcome(connection: Connection, bill_id: int, values: dict[str, Any]) -> None:
    """Change what became of a held value."""
    connection.execute(update(bills).where(bills.c.id == bill_id), values)
