"""Find the meters of a printer, with the numbers they show now.

A row without a usable value, such as NULL, hides no other: a meter that is known by its name is a meter without a
value until it shows one.

Lifetime usage (detail type 20) only: counters that can be reset and those of service impressions are never read. The
Printer-MIB's life count stands in, under a name of its own, for printers without such rows: it differs from Total
Impressions on real machines, so it never takes that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.text import clean_text, distinct_names
from esolutions_client.snmp.queries import walk
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from esolutions_client.readings.meters import MeterSource
    from esolutions_client.snmp.pdus import Conversation, Value
    from esolutions_client.snmp.rows.tables.localization import Localization
    from esolutions_client.snmp.rows.tables.printers import PrinterRows

__all__ = ["LIFE_COUNT", "MeterRow", "find_meters"]

LIFE_COUNT = "Marker Life Count"
_MOST_DEVICES = 16
_MOST_METERS = 128


@dataclass(frozen=True, slots=True)
class MeterRow:
    """Where a meter is and what never changes about it."""

    name: str
    unit: str | None
    oid: str
    source: MeterSource
    rollover_at: int | None = None


def find_meters(
    rows: PrinterRows, version: str, localization: Localization
) -> Conversation[dict[MeterRow, int | None]]:
    """Return the meters and their values: Xerox billing meters, or else the labelled life count."""
    meters: dict[MeterRow, int | None] = {}
    for device in list(rows.roles)[:_MOST_DEVICES]:
        known = {row.name for row in meters}
        found = yield from _usage_of(device, version, localization.codec(device))
        # The printer comes first: a copier or scanner that repeats a name shows the same meter again.
        meters.update((row, value) for row, value in found.items() if row.name not in known)
    return meters or (yield from _life_counts(rows, version))


def _usage_of(device: str, version: str, codec: str | None) -> Conversation[dict[MeterRow, int | None]]:
    named = yield from _named_values(device, mib.XCMI_LIFETIME_USAGE, version, codec)
    if not named:
        return {}
    limits = yield from _named_values(device, mib.XCMI_ROLLOVER, version, codec)
    rows: dict[MeterRow, int | None] = {}
    for name, (suffix, value) in named.items():
        limit = limits.get(name, ("", None))[1] or 0
        oid = f"{mib.XCMI_VALUE}.{device}.{mib.XCMI_LIFETIME_USAGE}.{suffix}"
        rows[MeterRow(name, _unit(name), oid, "xcmi", limit if 0 < limit < 2**32 else None)] = value
    return rows


def _unit(name: str) -> str:
    """Return what a billing meter counts, which only its name tells: "Sheets", "Images Scanned", else impressions."""
    words = name.casefold()
    return next((unit for unit in ("sheets", "images") if unit in words), "impressions")


def _named_values(
    device: str, detail: str, version: str, codec: str | None
) -> Conversation[dict[str, tuple[str, int | None]]]:
    """Return name -> (n, value) of one detail type of one device, names and values paired by n.

    A value that is there and of no use is None. Of two rows with one name the first counts, whatever it shows now.
    """
    names = yield from _column(f"{mib.XCMI_NAME}.{device}.{detail}", version)
    if not names:
        return {}
    values = yield from _column(f"{mib.XCMI_VALUE}.{device}.{detail}", version)
    named: dict[str, tuple[str, int | None]] = {}
    for suffix, text in names.items():
        name = clean_text(text, codec=codec)
        if name and suffix in values:
            value = values[suffix]
            named.setdefault(name, (suffix, value if type(value) is int else None))
    return named


def _column(oid: str, version: str) -> Conversation[dict[str, Value]]:
    """Return a column of meters, all of it: half of one would pass for a printer that has no other meters."""
    return (yield from walk(oid, version=version, most_rows=_MOST_METERS, is_whole=True))


def _life_counts(rows: PrinterRows, version: str) -> Conversation[dict[MeterRow, int | None]]:
    walked = yield from walk(mib.PRT_MARKER_LIFE_COUNT, version=version, rows_at_once=4)
    counts = {suffix: value for suffix, value in walked.items() if rows.owns(suffix)}
    if not counts:
        return {}
    units = yield from walk(mib.PRT_MARKER_COUNTER_UNIT, version=version, rows_at_once=4)
    names = distinct_names([LIFE_COUNT] * len(counts))
    return {
        MeterRow(
            name, mib.word(mib.UNITS, units.get(suffix)), f"{mib.PRT_MARKER_LIFE_COUNT}.{suffix}", "printer-mib"
        ): value if type(value) is int else None
        for name, (suffix, value) in zip(names, counts.items(), strict=True)
    }
