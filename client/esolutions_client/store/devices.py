"""The printers and the layouts of their readings, in the store."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.device import POLLED_STATES, STATES, Device
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esolutions_client.store.database.connection import Connection, Decoding

__all__ = ["Devices", "read_version"]

_COLUMNS = tuple(field.name for field in fields(Device) if field.name != "device_id")
_MOMENTS = frozenset(
    {
        *("discovered_at", "registered_at", "active_since", "silent_since", "called_silent_at", "held_since"),
        "reregister_since",
    }
)
_SELECT = f"SELECT device_id, {', '.join(_COLUMNS)} FROM device"  # noqa: S608 - the columns are our own
_INSERT = f"INSERT INTO device ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_UPDATE = f"UPDATE device SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE device_id = ?"  # noqa: S608
# As far as SQLite counts.
_LARGEST_ID = 2**63 - 1
# In seconds; no server may ask for more than a year.
_LONGEST_SILENCE = 366 * 24 * 3600
_SNMP_VERSIONS = frozenset({"1", "2c", "3"})


class Devices:
    """Printers by serial number."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.decoding: Decoding = connection.decoding("device")
        self.decoding_layouts: Decoding = connection.decoding("layout")

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
        with self.decoding:
            return [read_text(serial) for (serial,) in self._connection.execute(query, states)]

    def get(self, serial_number: str) -> Device | None:
        """Return the printer with this serial number, however it is spelled, if it is known."""
        # Known numbers are printable ASCII without blanks around: their case is all that the canonical form changes.
        found = self._select("WHERE serial_number = ?", serial_number) or self._select(
            "WHERE upper(serial_number) = ?", canonical_serial(serial_number)
        )
        return found[0] if found else None

    def awaiting_registration(self) -> list[Device]:
        """Return the printers that a person chose and whose registration has to be made anew."""
        return self._select("WHERE reregister_since IS NOT NULL ORDER BY device_id")

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
        row = self._connection.execute("SELECT body FROM layout WHERE layout_id = ?", (layout_id,)).fetchone()
        with self.decoding_layouts:
            return read_text(row[0])

    def layouts(self, layout_ids: Iterable[int]) -> dict[int, str]:
        """Return several layouts by id."""
        return {layout_id: self.layout(layout_id) for layout_id in set(layout_ids)}

    def _select(self, where: str, *values: object) -> list[Device]:
        rows = self._connection.execute(f"{_SELECT} {where}", values)
        with self.decoding:
            return [_from_row(row) for row in rows]


def _from_row(row: tuple[Any, ...]) -> Device:
    values = {name: read(value) for (name, read), value in zip(_READERS, row[1:], strict=True)}
    return Device(device_id=row[0], **values)


def _state(value: Any) -> str:
    if value not in STATES:
        raise ValueError(f"{value!r} is no state of a printer")
    return str(value)


def read_version(value: Any) -> str:
    """Return the version of SNMP that a column holds.

    Raises:
        ValueError: it holds none.
    """
    if value not in _SNMP_VERSIONS:
        raise ValueError(f"{value!r} is no version of SNMP")
    return str(value)


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


# How the columns are read that hold no text or nothing.
_PARTICULAR: dict[str, Callable[[Any], Any]] = {
    "serial_number": read_text,
    "state": _state,
    "host": read_text,
    "port": lambda value: read_number(value, 1, 65535),
    "community": read_text,
    "snmp_version": read_version,
    "layout_id": _or_none(lambda value: read_number(value, 1, _LARGEST_ID)),
    "low_percent": lambda value: read_number(value, 0, 100),
    "silent_after": lambda value: read_number(value, 1, _LONGEST_SILENCE),
    # RFC 2790, hrDeviceIndex; some agents begin at 0.
    "device_index": _or_none(lambda value: read_number(value, 0, _LARGEST_ID)),
    **{name: _or_none(read_datetime) for name in _MOMENTS},
    "discovered_at": read_datetime,
}
_READERS = tuple((name, _PARTICULAR.get(name, _or_none(read_text))) for name in _COLUMNS)


def _to_column(name: str, value: Any) -> Any:
    return value.isoformat() if name in _MOMENTS and value is not None else value
