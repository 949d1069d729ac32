"""Bring the keys of a database from before serial numbers and GUIDs were normalised into their canonical forms.

Where two rows turn out to be one device or one client, both are kept and the log says so. The one in use goes on
under the canonical form. The other keeps what it has under a form that cannot be spelled: a device leaves service and
says in `same_as` what it is, too; a client is not heard any more.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import column, func, insert, literal_column, select, table, update

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Row
    from sqlalchemy.sql import TableClause

__all__ = ["unify"]

log = logging.getLogger(__name__)

# From what is asked about most to what is not asked about at all.
_STATES = ("active", "activating", "signed up", "detected", "registered")
_RETIRED = "retired"


def unify(connection: Connection) -> None:
    """Bring devices, equipment, clients and message ids into their canonical forms."""
    _unify_devices(connection)
    _unify_equipment(connection)
    _unify_proxies(connection)
    _unify_message_ids(connection)


def _unify_devices(connection: Connection) -> None:
    for canonical, rows in _groups(connection, "devices", "serial", canonical_serial).items():
        kept, *twins = sorted(rows, key=lambda row: (_rank(row.state), -_seconds(row)))
        for twin in twins:
            log.warning("%r and %r are one device: %r goes on", twin.serial, kept.serial, kept.spelled)
            key = twin.serial if twin.serial != canonical else f"{canonical} "
            _move_device(connection, twin.serial, key)
            _end_service(connection, key, canonical)
        _move_device(connection, kept.serial, canonical)


def _rank(state: str) -> int:
    return _STATES.index(state) if state in _STATES else len(_STATES)


def _seconds(row: Row[Any]) -> int:
    """The time of its registration as a number: of two in one state the later one is in use."""
    return int("".join(filter(str.isdecimal, row.registered_at)))


def _move_device(connection: Connection, serial: str, key: str) -> None:
    _move(connection, ("devices", "serial"), serial, key, ("meters", "supplies", "commands", "bills"), "serial")


def _move(
    connection: Connection, row: tuple[str, str], old: str, new: str, referring: tuple[str, ...], column: str
) -> None:
    """Give a row of a table another key; the tables that refer to it by a column follow before the old one goes."""
    if old == new:
        return
    _copy(connection, *row, old, new)
    for name in referring:
        _rename(connection, name, column, old, new)
    _delete(connection, *row, old)


def _end_service(connection: Connection, key: str, canonical: str) -> None:
    devices = _table("devices", "serial", "state", "same_as", "attention_at")
    ended = {"state": _RETIRED, "same_as": canonical, "attention_at": None}
    connection.execute(update(devices).where(devices.c.serial == key).values(ended))
    commands = _table("commands", "serial", "state", "reason")
    is_open = (commands.c.serial == key, commands.c.state == "open")
    reason = f"it is the same device as {canonical}"
    connection.execute(update(commands).where(*is_open).values(state="cancelled", reason=reason))


def _unify_equipment(connection: Connection) -> None:
    for canonical, rows in _groups(connection, "equipment", "serial", canonical_serial).items():
        # The newest contract is the last that was imported; which that was is not known, the installation is.
        kept, *twins = sorted(rows, key=lambda row: (row.installed_on, row.serial == canonical), reverse=True)
        for twin in twins:
            log.warning("the equipment %r and %r is one device: %r counts", twin.serial, kept.serial, kept.serial)
            if twin.serial == canonical:
                _rename(connection, "equipment", "serial", canonical, f"{canonical} ")
        _rename(connection, "equipment", "serial", kept.serial, canonical)


def _unify_proxies(connection: Connection) -> None:
    for canonical, rows in _groups(connection, "proxies", "id", canonical_guid).items():
        kept, *twins = sorted(rows, key=lambda row: (-_devices_of(connection, row.id), row.registered_at))
        for twin in twins:
            log.warning("%s and %s are one client: %s goes on", twin.id, kept.id, kept.id)
            if twin.id == canonical:
                _move_proxy(connection, canonical, f"x{canonical[1:]}")
        _move_proxy(connection, kept.id, canonical)


def _devices_of(connection: Connection, proxy_id: str) -> int:
    devices = _table("devices", "proxy_id")
    counted = select(func.count()).select_from(devices).where(devices.c.proxy_id == proxy_id)
    return int(connection.execute(counted).scalar_one())


def _move_proxy(connection: Connection, proxy_id: str, key: str) -> None:
    _move(connection, ("proxies", "id"), proxy_id, key, ("devices", "messages", "nonces", "journal"), "proxy_id")


def _unify_message_ids(connection: Connection) -> None:
    messages = _table("messages", "number", "proxy_id", "message_id")
    found = connection.execute(select(messages).where(messages.c.message_id != func.lower(messages.c.message_id))).all()
    taken = {(row.proxy_id, row.message_id) for row in connection.execute(select(messages))} if found else set()
    for row in found:
        key = (row.proxy_id, row.message_id.lower())
        if key not in taken:
            taken.add(key)
            connection.execute(update(messages).where(messages.c.number == row.number).values(message_id=key[1]))


def _groups(connection: Connection, name: str, key: str, canonical: Callable[[str], str]) -> dict[str, list[Row[Any]]]:
    """Return the rows of a table by canonical key, where not every key is canonical already."""
    rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()  # noqa: S608 - a name of our own
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        try:
            groups.setdefault(canonical(getattr(row, key)), []).append(row)
        except IdentityError as error:
            log.warning("%r of %s stays as it is, and nobody can name it: %s", getattr(row, key), name, error)
    return {form: group for form, group in groups.items() if [getattr(row, key) for row in group] != [form]}


def _table(name: str, *columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns))


def _copy(connection: Connection, name: str, key: str, old: str, new: str) -> None:
    """Copy a row under another key: others refer to it, so the key itself cannot change."""
    copied = _table(name, key)
    query: Any = select(literal_column("*")).select_from(copied).where(copied.c[key] == old)
    row = connection.execute(query).mappings().one()
    connection.execute(insert(_table(name, *row)).values(**{**row, key: new}))


def _rename(connection: Connection, name: str, key: str, old: str, new: str) -> None:
    if old != new:
        renamed = _table(name, key)
        connection.execute(update(renamed).where(renamed.c[key] == old).values({key: new}))


def _delete(connection: Connection, name: str, key: str, value: str) -> None:
    emptied = _table(name, key)
    connection.execute(emptied.delete().where(emptied.c[key] == value))
