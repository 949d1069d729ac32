"""Everything that a message of a proxy can change: the proxy, its devices, and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, or_, select

from esolutions_server.domain.billing.commands import CommandState
from esolutions_server.store.schema import bills, commands, devices, mail, meters, proxies, supplies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Select, Table
    from sqlalchemy.engine import Connection

__all__ = ["Newest", "belongings", "newest", "serials_in_hand"]

# SQLite takes so many values in one statement.
_MOST_VALUES = 900
_SECRET = "secret"  # noqa: S105 (the name of a column)


class Newest(NamedTuple):
    """The highest numbers given so far: what has a higher one came later."""

    bill: int
    mail: int


def newest(connection: Connection) -> Newest:
    """Return the highest numbers given so far."""
    highest = (connection.execute(select(func.max(column))).scalar() for column in (bills.c.id, mail.c.number))
    return Newest(*(number or 0 for number in highest))


def serials_in_hand(connection: Connection, proxy_id: str, now: datetime) -> list[str]:
    """Return the devices of a proxy that an answer to it may be about: those to look at, and those commanded.

    Bounded by the devices of one proxy.
    """
    commanded = select(commands.c.serial).where(commands.c.state == CommandState.OPEN.value)
    query = select(devices.c.serial).where(
        devices.c.proxy_id == proxy_id, or_(devices.c.attention_at <= now, devices.c.serial.in_(commanded))
    )
    return list(connection.execute(query).scalars())


def belongings(
    connection: Connection, proxy_id: str, serials: Collection[str], since: Newest
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the fields of everything, but secrets, by kind and name. Bounded by the devices of one proxy.

    Args:
        connection: inside a transaction.
        proxy_id: whose.
        serials: of which devices.
        since: bills and mail with a higher number are among what is returned.
    """
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in _rows(connection, select(proxies).where(proxies.c.id == proxy_id)):
        found["proxy", row["id"]] = _fields(row, {"id", _SECRET})
    for chunk in _chunks(sorted(serials)):
        for row in _rows(connection, _of(devices, chunk)):
            found["device", row["serial"]] = _fields(row, {"serial"})
        for row in _rows(connection, _of(meters, chunk)):
            found["meter", f"{row['serial']} {row['name']}"] = _fields(row, {"serial", "name", "position"})
        for row in _rows(connection, _of(supplies, chunk)):
            found["supply", f"{row['serial']} {row['name']}"] = _fields(row, {"serial", "name", "position"})
        for row in _rows(connection, _of(commands, chunk)):
            found["command", row["id"]] = _fields(row, {"id"})
        for row in _rows(connection, _of(bills, chunk).where(bills.c.id > since.bill)):
            found["value", f"{row['serial']} {row['meter']}"] = _fields(row, {"id", "serial", "meter"})
    for row in _rows(connection, select(mail).where(mail.c.number > since.mail)):
        found["mail", str(row["number"])] = _fields(row, {"number"})
    return found


def _of(table: Table, serials: Collection[str]) -> Select[Any]:
    return select(table).where(table.c.serial.in_(serials)).order_by(*table.primary_key.columns)


def _rows(connection: Connection, query: Select[Any]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _fields(row: Mapping[Any, Any], names_of_it: Collection[str]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name not in names_of_it}


def _chunks(serials: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(serials), _MOST_VALUES):
        yield serials[start : start + _MOST_VALUES]
