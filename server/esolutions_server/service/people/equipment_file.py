"""Read the equipment file of the administrative systems: CSV with a header line."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency
from esolutions_server.domain.devices.identity import IdentityError, canonical_serial
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.enrolment import EquipmentRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["COLUMNS", "rows_of"]

COLUMNS = ("serial", "installed_on", "account", "person", "frequency", "anchor_day", "time_zone")
REQUIRED_COLUMNS = COLUMNS[:5]
FREQUENCIES = {
    "monthly": Frequency.MONTHLY,
    "quarterly": Frequency.QUARTERLY,
    "semi-annual": Frequency.SEMI_ANNUAL,
    "semiannual": Frequency.SEMI_ANNUAL,
}
# A date that no contract has is a slip of the pen, and would put off sign-up for ever.
INSTALLED_FROM, INSTALLED_UNTIL = date(1990, 1, 1), date(2199, 12, 31)


def rows_of(source: Path | str | Iterable[EquipmentRow]) -> list[EquipmentRow]:
    """Return checked rows, from rows or from the CSV file of that name. Bounded by the file.

    Raises:
        AdministrationError: the file or a row is unusable, or a device has two rows; the message names the line.
    """
    if not isinstance(source, Path | str):
        numbered = ((row, f"row {number}") for number, row in enumerate(source, 1))
        return _each_once((_checked(row, place), place) for row, place in numbered)
    try:
        with Path(source).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(REQUIRED_COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise AdministrationError(f"{source} lacks the columns {', '.join(sorted(missing))}")
            return _each_once(_lines(reader))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AdministrationError(f"{source} cannot be read: {error}") from error


def _lines(reader: csv.DictReader[str]) -> Iterator[tuple[EquipmentRow, str]]:
    for fields in reader:
        place = f"line {reader.line_num}"
        yield _checked(_row(fields, place), place), place


def _each_once(rows: Iterable[tuple[EquipmentRow, str]]) -> list[EquipmentRow]:
    """Return rows that were checked: which of two contracts of one device counts is not for us to guess."""
    places: dict[str, str] = {}
    found = []
    for row, place in rows:
        if row.serial in places:
            raise AdministrationError(f"{place}: {row.serial} is in {places[row.serial]} already")
        places[row.serial] = place
        found.append(row)
    return found


def _row(fields: Mapping[str, str | None], place: str) -> EquipmentRow:
    values = {name: (fields.get(name) or "").strip() for name in COLUMNS}
    try:
        return EquipmentRow(
            serial=values["serial"],
            installed_on=date.fromisoformat(values["installed_on"]),
            account=values["account"],
            person=values["person"],
            frequency=values["frequency"],
            anchor_day=int(values["anchor_day"] or 1),
            time_zone=values["time_zone"] or "UTC",
        )
    except ValueError as error:
        raise AdministrationError(f"{place}: {error}") from None


def _checked(row: EquipmentRow, place: str) -> EquipmentRow:
    try:
        serial = canonical_serial(row.serial)
    except IdentityError as error:
        raise AdministrationError(f"{place}: {error}") from None
    if not row.person:
        raise AdministrationError(f"{place}: a device has a person who reports its meters")
    if not INSTALLED_FROM <= row.installed_on <= INSTALLED_UNTIL:
        years = f"{INSTALLED_FROM} to {INSTALLED_UNTIL}"
        raise AdministrationError(f"{place}: installed_on is {row.installed_on}, which is not from {years}")
    frequency = FREQUENCIES.get(row.frequency.lower())
    if frequency is None:
        raise AdministrationError(f"{place}: {row.frequency!r} is not monthly, quarterly or semi-annual")
    try:
        BillingCycle(frequency, row.anchor_day, row.time_zone)
        ZoneInfo(row.time_zone)
    except (ValueError, OSError, KeyError) as error:
        raise AdministrationError(f"{place}: {error}") from None
    return EquipmentRow(
        serial, row.installed_on, row.account, row.person, frequency.value, row.anchor_day, row.time_zone
    )
