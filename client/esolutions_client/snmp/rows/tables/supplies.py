"""Find the supplies of a printer, with the numbers they show now.

A row with holes is still a row: what is missing stays unknown and never hides the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.text import clean_text, distinct_names, supply_name
from esolutions_client.snmp.queries import oid_key, walk
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from esolutions_client.readings.supplies import SupplyClass
    from esolutions_client.snmp.pdus import Conversation, Value
    from esolutions_client.snmp.rows.tables.localization import Localization
    from esolutions_client.snmp.rows.tables.printers import PrinterRows

__all__ = ["SupplyRow", "find_supplies"]

_MOST_SUPPLIES = 64


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """Where a supply's numbers are and what never changes about it.

    An OID is None where the printer has no such row. A row without a usable value, such as NULL, is one: its value may
    come.
    """

    index: int
    name: str
    type: str
    colorant: str | None
    unit: str | None
    level_oid: str | None
    capacity_oid: str | None
    supply_class: SupplyClass = "consumed"


def find_supplies(
    rows: PrinterRows, version: str, localization: Localization
) -> Conversation[dict[SupplyRow, tuple[int | None, int | None]]]:
    """Return the supplies with level and capacity as the printer gave them, sentinels included."""
    levels = yield from walk(mib.PRT_SUPPLIES_LEVEL, version=version)
    names = yield from walk(mib.PRT_SUPPLIES_DESCRIPTION, version=version)
    capacities = yield from walk(mib.PRT_SUPPLIES_CAPACITY, version=version)
    # In the order of the table, whichever column lacks a row: supplies of one name are numbered in this order.
    known = sorted({*levels, *names, *capacities}, key=oid_key)
    suffixes = [suffix for suffix in known if _is_row(suffix) and rows.owns(suffix)][:_MOST_SUPPLIES]
    if not suffixes:
        return {}
    classes = yield from walk(mib.PRT_SUPPLIES_CLASS, version=version)
    types = yield from walk(mib.PRT_SUPPLIES_TYPE, version=version)
    units = yield from walk(mib.PRT_SUPPLIES_UNIT, version=version)
    colorants = yield from _colorants(version, localization)
    called = distinct_names(
        [
            supply_name(names.get(suffix), localization.codec(suffix.partition(".")[0]))
            or f"Supply {suffix.rpartition('.')[2]}"
            for suffix in suffixes
        ]
    )
    return {
        SupplyRow(
            index=int(suffix.rpartition(".")[2]),
            name=name,
            type=(kind := mib.supply_type(types.get(suffix))),
            colorant=colorants.get(suffix),
            unit=mib.word(mib.UNITS, units.get(suffix)),
            level_oid=f"{mib.PRT_SUPPLIES_LEVEL}.{suffix}" if suffix in levels else None,
            capacity_oid=f"{mib.PRT_SUPPLIES_CAPACITY}.{suffix}" if suffix in capacities else None,
            supply_class=mib.supply_class(classes.get(suffix), kind),
        ): (_number(levels.get(suffix)), _number(capacities.get(suffix)))
        for suffix, name in zip(suffixes, called, strict=True)
    }


def _number(value: Value) -> int | None:
    return value if type(value) is int else None


def _is_row(suffix: str) -> bool:
    """Tell a row `hrDeviceIndex.supplyIndex` from the debris of a broken table."""
    return suffix.count(".") == 1


def _colorants(version: str, localization: Localization) -> Conversation[dict[str, str]]:
    """Return the colour of each supply, following prtMarkerSuppliesColorantIndex where the printer fills it."""
    indexes: dict[str, Value] = yield from walk(mib.PRT_SUPPLIES_COLORANT, version=version)
    if not any(indexes.values()):
        return {}
    values = yield from walk(mib.PRT_COLORANT_VALUE, version=version)
    colours = {}
    for suffix, index in indexes.items():
        device = suffix.partition(".")[0]
        colour = clean_text(values.get(f"{device}.{index!s}"), codec=localization.codec(device)).casefold()
        if colour:
            colours[suffix] = colour
    return colours
