"""The printers and the layouts of their readings, in the store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.device import POLLED_STATES, Device

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

__all__ = ["Devices"]

_COLUMNS = tuple(field.name for field in fields(Device) if field.name != "device_id")
_MOMENTS = frozenset({"discovered_at", "registered_at", "active_since", "silent_since", "held_since", "chosen_at"})
_SELECT = f"SELECT device_id, {', '.join(_COLUMNS)} FROM device"  # noqa: S608 - the columns are our own
_INSERT = f"INSERT INTO device ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_UPDATE = f"UPDATE device SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE device_id = ?"  # noqa: S608


class Devices:
    """Printers by serial number."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> list[Device]:
        """Return every printer, in the order they were discovered."""
        return self._select("ORDER BY device_id")

    def polled(self) -> list[Device]:
        """Return the printers that are read on schedule."""
        return [device for device in self.all() if device.state in POLLED_STATES]

    def polled_serials(self) -> list[str]:
        """Return the serial numbers of the printers that are read on schedule."""
        states = sorted(POLLED_STATES)
        marks = ", ".join("?" * len(states))
        query = f"SELECT serial_number FROM device WHERE state IN ({marks})"  # noqa: S608 - question marks only
        return [serial for (serial,) in self._connection.execute(query, states)]

    def get(self, serial_number: str) -> Device | None:
        """Return the printer with this serial number, if it is known."""
        found = self._select("WHERE serial_number = ?", serial_number)
        return found[0] if found else None

    def owed(self) -> list[Device]:
        """Return the printers that a person chose and whose registration has to be made anew."""
        return self._select("WHERE chosen_at IS NOT NULL ORDER BY device_id")

    def at(self, host: str, port: int) -> list[Device]:
        """Return the printers that were last seen at an address."""
        return self._select("WHERE host = ? AND port = ? ORDER BY device_id", host, port)

    def save(self, device: Device) -> Device:
        """Insert or update a printer and return it with its id."""
        values = [_to_column(name, getattr(device, name)) for name in _COLUMNS]
        if device.device_id:
            self._connection.execute(_UPDATE, [*values, device.device_id])
            return device
        cursor = self._connection.execute(_INSERT, values)
        return replace(device, device_id=int(cursor.lastrowid or 0))

    def save_layout(self, device: Device, body: str) -> Device:
        """Keep a layout, unless it is the one the device has already, and return the device with it."""
        if device.layout_id is not None and self.layout(device.layout_id) == body:
            return device
        cursor = self._connection.execute(
            "INSERT INTO layout (device_id, body) VALUES (?, ?)", (device.device_id, body)
        )
        return self.save(replace(device, layout_id=cursor.lastrowid))

    def layout(self, layout_id: int) -> str:
        """Return the JSON of a layout."""
        (body,) = self._connection.execute("SELECT body FROM layout WHERE layout_id = ?", (layout_id,)).fetchone()
        return str(body)

    def layouts(self, layout_ids: Iterable[int]) -> dict[int, str]:
        """Return several layouts by id."""
        return {layout_id: self.layout(layout_id) for layout_id in set(layout_ids)}

    def _select(self, where: str, *values: object) -> list[Device]:
        rows = self._connection.execute(f"{_SELECT} {where}", values)
        return [_from_row(row) for row in rows]


def _from_row(row: tuple[Any, ...]) -> Device:
    values = {name: _from_column(name, value) for name, value in zip(_COLUMNS, row[1:], strict=True)}
    return Device(device_id=row[0], **values)


def _to_column(name: str, value: Any) -> Any:
    return value.isoformat() if name in _MOMENTS and value is not None else value


def _from_column(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _MOMENTS and value is not None else value
