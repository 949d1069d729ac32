"""Find the supplies of a printer, with the numbers they show now.

A row with holes is still a row: what is missing stays unknown and never hides the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.text import clean_text, distinct_names, supply_name
from esolutions_client.snmp import mib
from esolutions_client.snmp.asking import walk

if TYPE_CHECKING:
    from esolutions_client.snmp.requests import Conversation, Value
    from esolutions_client.snmp.tables.localization import Localization

__all__ = ["SupplyRow", "find_supplies"]

_MOST_SUPPLIES = 64


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """Where a supply's numbers are and what never changes about it.

    An OID is None where the printer has no such row.
    """

    index: int
    name: str
    type: str
    colorant: str | None
    unit: str | None
    level_oid: str | None
    capacity_oid: str | None


def find_supplies(
    version: str, localization: Localization
) -> Conversation[dict[SupplyRow, tuple[int | None, int | None]]]:
    """Return the supplies with level and capacity as the printer gave them, sentinels included."""
    levels = yield from _numbers(mib.PRT_SUPPLIES_LEVEL, version)
    names = yield from walk(mib.PRT_SUPPLIES_DESCRIPTION, version=version)
    capacities = yield from _numbers(mib.PRT_SUPPLIES_CAPACITY, version)
    suffixes = [suffix for suffix in dict.fromkeys((*levels, *names, *capacities)) if _is_row(suffix)][:_MOST_SUPPLIES]
    if not suffixes:
        return {}
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
            type=mib.supply_type(types.get(suffix)),
            colorant=colorants.get(suffix),
            unit=mib.word(mib.UNITS, units.get(suffix)),
            level_oid=f"{mib.PRT_SUPPLIES_LEVEL}.{suffix}" if suffix in levels else None,
            capacity_oid=f"{mib.PRT_SUPPLIES_CAPACITY}.{suffix}" if suffix in capacities else None,
        ): (levels.get(suffix), capacities.get(suffix))
        for suffix, name in zip(suffixes, called, strict=True)
    }


def _numbers(column: str, version: str) -> Conversation[dict[str, int]]:
    rows = yield from walk(column, version=version)
    return {suffix: value for suffix, value in rows.items() if type(value) is int}


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
