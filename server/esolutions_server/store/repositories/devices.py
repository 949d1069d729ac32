"""Find and keep devices, their meters and their supplies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.keyset import keyset
from esolutions_server.store.repositories.records import DeviceRecord, EquipmentRecord, MeterRecord
from esolutions_server.store.schema import devices, equipment, meters, supplies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

__all__ = [
    "add",
    "find",
    "keep_meters",
    "keep_supplies",
    "meters_of",
    "needing_attention",
    "next_attention",
    "page",
    "page_for_account",
    "page_needing_attention",
    "set_last_value",
    "set_opening_value",
    "set_values",
    "spelled_by_proxy",
    "states_of_proxy",
    "supplies_of",
]

_WIDTH = len(DeviceRecord._fields)

_FIND = Prepared(select(devices).where(devices.c.serial == bindparam("serial")))
_WITH_EQUIPMENT = select(devices, equipment).join_from(
    devices, equipment, devices.c.serial == equipment.c.serial, isouter=True
)
_ATTENTION = Prepared(
    _WITH_EQUIPMENT.where(
        devices.c.attention_at <= bindparam("now"), devices.c.proxy_id == bindparam("proxy_id")
    ).order_by(devices.c.serial)
)
_STATES = Prepared(select(devices.c.state).distinct().where(devices.c.proxy_id == bindparam("proxy_id")))
_UPDATE = Prepared(update(devices).where(devices.c.serial == bindparam("_serial")))
_METERS = Prepared(
    select(meters).where(meters.c.serial == bindparam("serial")).order_by(meters.c.position, meters.c.name)
)
_ADD = Prepared(insert(devices))
_ADD_METERS = Prepared(insert(meters))
_DROP_METERS = Prepared(delete(meters).where(meters.c.serial == bindparam("_serial")))
_LAST_VALUE = Prepared(
    update(meters).where(meters.c.serial == bindparam("_serial"), meters.c.name == bindparam("_name"))
)
_SUPPLIES = select(supplies).where(supplies.c.serial == bindparam("serial")).order_by(supplies.c.position)
_DROP_SUPPLIES = Prepared(delete(supplies).where(supplies.c.serial == bindparam("_serial")))
_ADD_SUPPLIES = Prepared(insert(supplies))


def find(connection: Connection, serial: str) -> DeviceRecord | None:
    """Return the device of that serial number."""
    row = _FIND.first(connection, {"serial": serial})
    return None if row is None else DeviceRecord._make(row)


def page(connection: Connection, *, after: str | None, limit: int) -> list[DeviceRecord]:
    """Return so many devices, those whose serial numbers follow `after`, by serial number."""
    return [
        DeviceRecord._make(row) for row in connection.execute(keyset(select(devices), devices.c.serial, after, limit))
    ]


def page_for_account(
    connection: Connection, account_id: int, states: Iterable[str], *, after: str | None, limit: int
) -> list[tuple[DeviceRecord, EquipmentRecord | None]]:
    """Return so many devices in one of `states` that follow `after`, of an account or of none yet, by serial number."""
    is_ours = or_(equipment.c.serial.is_(None), equipment.c.account_id == account_id)
    query = _WITH_EQUIPMENT.where(devices.c.state.in_(tuple(states)), is_ours)
    return _with_equipment(connection.execute(keyset(query, devices.c.serial, after, limit)))


def page_needing_attention(
    connection: Connection, now: datetime, *, after: str | None, limit: int
) -> list[tuple[DeviceRecord, EquipmentRecord | None]]:
    """Return so many devices that follow `after` and have to be looked at, each with its equipment if it is known."""
    query = _WITH_EQUIPMENT.where(devices.c.attention_at <= now)
    return _with_equipment(connection.execute(keyset(query, devices.c.serial, after, limit)))


def needing_attention(
    connection: Connection, now: datetime, proxy_id: str
) -> list[tuple[DeviceRecord, EquipmentRecord | None]]:
    """Return the devices that a sync of their proxy has to look at, each with its equipment if it is known.

    Bounded by the devices of one proxy.
    """
    return _with_equipment(_ATTENTION.rows(connection, {"now": now, "proxy_id": proxy_id}))


def _with_equipment(rows: Iterable[Sequence[Any]]) -> list[tuple[DeviceRecord, EquipmentRecord | None]]:
    return [(DeviceRecord._make(row[:_WIDTH]), _equipment(row[_WIDTH:])) for row in rows]


def next_attention(connection: Connection, now: datetime) -> datetime | None:
    """Return when, after `now`, a device has to be looked at next."""
    return connection.execute(select(func.min(devices.c.attention_at)).where(devices.c.attention_at > now)).scalar()


def _equipment(row: Sequence[Any]) -> EquipmentRecord | None:
    return None if row[0] is None else EquipmentRecord._make(row)


def spelled_by_proxy(connection: Connection, proxy_id: str, states: Iterable[str]) -> list[str]:
    """Return the serial numbers of a proxy's devices that are in one of `states`, as the proxy spells them.

    Bounded by the devices of one proxy.
    """
    query = select(devices.c.spelled).where(devices.c.proxy_id == proxy_id, devices.c.state.in_(tuple(states)))
    return list(connection.execute(query).scalars())


def states_of_proxy(connection: Connection, proxy_id: str) -> set[str]:
    """Return the states in which devices of a proxy are. Bounded by the states that there are."""
    return {row[0] for row in _STATES.rows(connection, {"proxy_id": proxy_id})}


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a new device."""
    _ADD.run(connection, values)


def set_values(connection: Connection, serial: str, values: dict[str, Any]) -> None:
    """Change columns of a device."""
    _UPDATE.run(connection, {**values, "_serial": serial})


def meters_of(connection: Connection, serial: str) -> list[MeterRecord]:
    """Return the meters of a device, in the order in which it named them. Bounded by what one device has."""
    return [MeterRecord._make(row) for row in _METERS.rows(connection, {"serial": serial})]


def keep_meters(connection: Connection, serial: str, rows: list[dict[str, Any]], *, replace: bool) -> None:
    """Add meters to a device, or put them in the place of those it had."""
    if replace:
        _DROP_METERS.run(connection, {"_serial": serial})
    _ADD_METERS.run_each(connection, rows)


def set_last_value(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Note the last accepted values; each row has `_serial`, `_name`, `last_value` and `last_read_at`."""
    _LAST_VALUE.run_each(connection, rows)


def set_opening_value(connection: Connection, serial: str, name: str, values: dict[str, Any]) -> None:
    """Note the first value there ever was of a meter."""
    _LAST_VALUE.run(connection, {**values, "_serial": serial, "_name": name})


def keep_supplies(connection: Connection, serial: str, rows: list[dict[str, Any]]) -> None:
    """Put what is known now in the place of what was known of a device's supplies."""
    _DROP_SUPPLIES.run(connection, {"_serial": serial})
    _ADD_SUPPLIES.run_each(connection, rows)


def supplies_of(connection: Connection, serial: str) -> Sequence[Row[Any]]:
    """Return what is known of a device's supplies. Bounded by what one device has."""
    return connection.execute(_SUPPLIES, {"serial": serial}).all()
