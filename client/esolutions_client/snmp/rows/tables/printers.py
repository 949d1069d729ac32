"""Tell the printers behind one agent from each other: a print server may have several, each with rows of its own.

The tables of the Printer-MIB are indexed by hrDeviceIndex (RFC 3805). Where one printer answers, as nearly always, rows
of any index are its own: makers number them as they like. Xerox's scanner, copier and fax are devices of a printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.serials import canonical_serial, serial_number
from esolutions_client.snmp.queries import walk
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_client.snmp.pdus import Conversation, Value

__all__ = ["PrinterRows", "Serial", "choose_printer", "find_printers"]

_MOST_SERIALS = 8


@dataclass(frozen=True, slots=True)
class Serial:
    """The serial number, the bytes it was read from and where."""

    number: str
    oid: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class PrinterRows:
    """One printer behind an agent.

    `device_index` is its hrDeviceIndex where rows of other indexes may be another printer's, else None. `roles` are the
    devices of the machine, hrDeviceIndex to type, the printer first.
    """

    device_index: str | None
    roles: dict[str, str]
    serial: Serial | None

    def owns(self, suffix: str) -> bool:
        """Tell whether a row of a table that is indexed by hrDeviceIndex is this printer's."""
        return self.device_index is None or suffix.partition(".")[0] == self.device_index


def find_printers(version: str) -> Conversation[tuple[PrinterRows, ...]]:
    """Return the printers that answer, at least one, by hrDeviceIndex where there are several.

    Two printers are two indexes of type printer with rows of their own, or with counters where the device table does
    not know them. One serial number at two indexes is one machine that is listed twice.
    """
    types = yield from walk(mib.HR_DEVICE_TYPE, version=version)
    shown = yield from _serials(mib.PRT_SERIAL_NUMBER, version)
    roles = _roles(types)
    indexes = [index for index, kind in roles.items() if kind == mib.HR_DEVICE_PRINTER]
    indexes += [index for index in shown if index not in types and index.isdecimal()]
    present = (yield from _with_rows(indexes, types, shown, version)) if len(indexes) > 1 else indexes
    if len(present) < 2:
        serial = next(iter(shown.values()), None) or (yield from _xerox_serial(version, None))
        return (PrinterRows(None, roles, serial),)
    distinct = _without_repeats(present, shown)
    found: list[PrinterRows] = []
    for index in distinct:
        serial = shown.get(index) or (yield from _xerox_serial(version, index))
        found.append(PrinterRows(index, _roles_of(index, roles, is_first=index == distinct[0]), serial))
    return tuple(found)


def choose_printer(printers: Sequence[PrinterRows], serial_number: str | None, device_index: int | None) -> PrinterRows:
    """Return the printer with this serial number, else the one at this index, else the first."""
    known = None if serial_number is None else canonical_serial(serial_number)
    by_serial = (p for p in printers if p.serial and canonical_serial(p.serial.number) == known)
    by_index = (p for p in printers if device_index is not None and p.device_index == str(device_index))
    return next(by_serial, None) or next(by_index, None) or printers[0]


def _roles(types: dict[str, Value]) -> dict[str, str]:
    """Return the devices that print, copy, scan or fax, printers first; an index is one number."""
    roles = {
        index: kind
        for index, kind in types.items()
        if index.isdecimal()
        and isinstance(kind, str)
        and (kind == mib.HR_DEVICE_PRINTER or kind.startswith(mib.XEROX_DEVICE_TYPES))
    }
    return dict(sorted(roles.items(), key=lambda role: role[1] != mib.HR_DEVICE_PRINTER))


def _roles_of(printer: str, roles: dict[str, str], *, is_first: bool) -> dict[str, str]:
    """Return the devices of one of several printers; nothing says whose a scanner is, so it is the first one's."""
    others = {index: kind for index, kind in roles.items() if is_first and kind != mib.HR_DEVICE_PRINTER}
    return {printer: mib.HR_DEVICE_PRINTER, **others}


def _with_rows(
    indexes: Sequence[str], types: dict[str, Value], shown: dict[str, Serial], version: str
) -> Conversation[list[str]]:
    """Return the indexes at which a printer shows something."""
    counts = yield from walk(mib.PRT_MARKER_LIFE_COUNT, version=version)
    levels = yield from walk(mib.PRT_SUPPLIES_LEVEL, version=version)
    counted = {suffix.partition(".")[0] for suffix in counts}
    filled = counted | shown.keys() | {suffix.partition(".")[0] for suffix in levels}
    for index in indexes:
        if index in types and (yield from walk(f"{mib.XCMI_VALUE}.{index}", version=version, most_rows=1)):
            filled |= {index}
    return [index for index in indexes if index in (filled if index in types else counted)]


def _without_repeats(indexes: Sequence[str], shown: dict[str, Serial]) -> list[str]:
    """Return the indexes in order, without those whose serial number stands at an earlier one."""
    numbers: set[str] = set()
    distinct = []
    for index in sorted(indexes, key=int):
        number = canonical_serial(shown[index].number) if index in shown else None
        if number is None or number not in numbers:
            distinct.append(index)
        if number is not None:
            numbers.add(number)
    return distinct


def _xerox_serial(version: str, index: str | None) -> Conversation[Serial | None]:
    """Return the serial number of the Xerox tree, of one device or of any."""
    shown = yield from _serials(mib.XEROX_SERIAL_NUMBER, version)
    return next(iter(shown.values()), None) if index is None else shown.get(index)


def _serials(column: str, version: str) -> Conversation[dict[str, Serial]]:
    """Return the serial numbers of a column by row, without what stands in the place of one."""
    rows = yield from walk(column, version=version, rows_at_once=2, most_rows=_MOST_SERIALS)
    found: dict[str, Serial] = {}
    for suffix, value in rows.items():
        number = serial_number(value) if isinstance(value, bytes) else None
        if number is not None and isinstance(value, bytes):
            found[suffix] = Serial(number, f"{column}.{suffix}", value)
    return found
