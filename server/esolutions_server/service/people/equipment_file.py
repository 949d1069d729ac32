"""Read the equipment file of the administrative systems: CSV with a header line.

Every mistake is found, not the first one alone, each with its line and column. Whether an account or a person is
there is not known here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency
from esolutions_server.domain.devices.identity import canonical_serial
from esolutions_server.service.errors import AdministrationError, EquipmentError
from esolutions_server.service.people.enrolment import EquipmentRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["COLUMNS", "Equipment", "PlacedRow", "line_of", "read_equipment"]

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
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row that can be, and where it stands."""

    row: EquipmentRow
    place: str


@dataclass(frozen=True, slots=True)
class Equipment:
    """What was read: the rows that can be, the mistakes in the others, and whether a person wrote it into a file."""

    rows: tuple[PlacedRow, ...]
    mistakes: tuple[str, ...]
    is_file: bool


def read_equipment(source: Path | str | Iterable[EquipmentRow]) -> Equipment:
    """Read rows, from rows or from the CSV file of that name. Bounded by the file.

    Raises:
        AdministrationError: the file cannot be read at all.
        EquipmentError: its header line is not that of such a file.
    """
    if not isinstance(source, Path | str):
        numbered = ((_cells_of(row), f"row {number}") for number, row in enumerate(source, 1))
        return _checked(numbered, [], is_file=False)
    try:
        with Path(source).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = [name.strip() for name in next(lines, [])]
            if mistakes := _header_mistakes(header):
                raise EquipmentError(str(source), mistakes)
            mistakes = []
            return _checked(_lines(lines, header, mistakes), mistakes, is_file=True)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AdministrationError(f"{source} cannot be read: {error}") from error


def line_of(mistake: str) -> int:
    """Return the number of the line, or row, that a mistake begins with."""
    return int(mistake.split()[1].rstrip(",:"))


def _header_mistakes(header: Sequence[str]) -> list[str]:
    known = f"expected {', '.join(COLUMNS)}"
    unknown = [f"line 1, column {name[:_SHOWN]!r}: it is not known, {known}" for name in header if name not in COLUMNS]
    twice = [f"line 1, column {name}: it is there twice" for name in COLUMNS if header.count(name) > 1]
    missing = [f"line 1: the column {name} is missing" for name in REQUIRED_COLUMNS if name not in header]
    return [*unknown, *twice, *missing]


def _lines(lines: Any, header: Sequence[str], mistakes: list[str]) -> Iterator[tuple[Mapping[str, str], str]]:
    try:
        for fields in lines:
            place = f"line {lines.line_num}"
            if fields and len(fields) != len(header):
                mistakes.append(f"{place}: it has {len(fields)} fields, expected {len(header)} as in line 1")
            elif fields:
                yield {name: value.strip() for name, value in zip(header, fields, strict=True)}, place
    except csv.Error as error:
        # What follows a quote that is not closed could be anything.
        mistakes.append(f"line {lines.line_num}: {error}")


def _cells_of(row: EquipmentRow) -> Mapping[str, str]:
    return {name: str(getattr(row, name)) for name in COLUMNS}


def _checked(rows: Iterable[tuple[Mapping[str, str], str]], mistakes: list[str], *, is_file: bool) -> Equipment:
    """Return rows that were checked: which of two contracts of one device counts is not for us to guess."""
    places: dict[str, str] = {}
    found = []
    for cells, place in rows:
        row = _row(cells, place, mistakes)
        if row is None:
            continue
        if row.serial in places:
            mistakes.append(f"{place}, column serial: {row.serial} is in {places[row.serial]} already")
        places.setdefault(row.serial, place)
        found.append(PlacedRow(row, place))
    return Equipment(tuple(found), tuple(mistakes), is_file)


def _row(cells: Mapping[str, str], place: str, mistakes: list[str]) -> EquipmentRow | None:
    values: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            values[name] = read(cells.get(name, ""))
        except (ValueError, OSError, KeyError) as error:
            mistakes.append(f"{place}, column {name}: {error.args[0] if error.args else error}")
    return EquipmentRow(**values) if len(values) == len(_READERS) else None


def _installed_on(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:_SHOWN]!r} is no date such as 2026-01-31") from None
    if not INSTALLED_FROM <= day <= INSTALLED_UNTIL:
        raise ValueError(f"{day} is not from {INSTALLED_FROM} to {INSTALLED_UNTIL}")
    return day


def _there(what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise ValueError(f"it is empty, expected {what}")
        return text

    return read


def _frequency(text: str) -> str:
    found = FREQUENCIES.get(text.lower())
    if found is None:
        raise ValueError(f"{text[:_SHOWN]!r} is not monthly, quarterly or semi-annual")
    return found.value


def _anchor_day(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise ValueError(f"{text[:_SHOWN]!r} is no day of a month, from 1 to 31")
    return BillingCycle(Frequency.MONTHLY, int(text or 1), "UTC").anchor_day


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text or "UTC").key
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{text[:_SHOWN]!r} is no time zone such as Europe/Paris") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "serial": canonical_serial,
    "installed_on": _installed_on,
    "account": _there("the name of an account"),
    "person": _there("the e-mail address of who reports its meters"),
    "frequency": _frequency,
    "anchor_day": _anchor_day,
    "time_zone": _time_zone,
}
