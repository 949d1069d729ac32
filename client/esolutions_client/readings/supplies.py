"""One supply of one printer at one time, and what its numbers mean.

RFC 3805 gives negative levels and capacities a meaning of their own: they are states here, never numbers. It gives the
level of a receptacle, such as a box for waste toner, another meaning than that of a cartridge: the space that is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LOW_PERCENT", "SupplyClass", "SupplyReading", "SupplyState", "judge_supply"]

SupplyClass = Literal["consumed", "receptacle", "other"]
SupplyState = Literal["ok", "low", "empty", "full", "unknown", "some-remaining", "other"]

LOW_PERCENT = 20

# The largest INTEGER of the Printer-MIB: some printers show it for a number that they do not know.
_UNKNOWN_LARGEST = 2**31 - 1

# RFC 3805, prtMarkerSuppliesLevel.
_LEVEL_STATES: dict[int, SupplyState] = {-1: "other", -2: "unknown", -3: "some-remaining"}


@dataclass(frozen=True, slots=True)
class SupplyReading:
    """A supply as the printer showed it; unknown numbers are None, never negative, and `percent` is 0 to 100.

    `level` and `percent` say what is left: of a receptacle the space, so that 0 is a full one, and "low" one that is
    nearly full.
    """

    index: int
    name: str
    type: str
    colorant: str | None
    unit: str | None
    capacity: int | None
    level: int | None
    percent: int | None
    state: SupplyState
    supply_class: SupplyClass = "consumed"

    @property
    def percent_in_words(self) -> str | None:
        """Which way the percentage runs, for a person."""
        if self.percent is None:
            return None
        return f"{self.percent} % {'space' if self.supply_class == 'receptacle' else 'left'}"

    def as_json(self) -> dict[str, object]:
        """Return the supply as `read --json` prints it."""
        return {
            "index": self.index,
            "name": self.name,
            "type": self.type,
            "class": self.supply_class,
            "colorant": self.colorant,
            "unit": self.unit,
            "capacity": self.capacity,
            "level": self.level,
            "percent": self.percent,
            "state": self.state,
        }


def judge_supply(
    level: int | None,
    capacity: int | None,
    unit: str | None,
    low_percent: int = LOW_PERCENT,
    supply_class: SupplyClass = "consumed",
) -> tuple[int | None, int | None, int | None, SupplyState]:
    """Return capacity, level, percent and state for the numbers as the printer gave them, sentinels included.

    A level without a capacity is a percentage only where the unit says so (RFC 3805: unit 19); otherwise all that is
    known is that some is left. Nothing left is an empty cartridge, and a full receptacle.
    """
    used_up: SupplyState = "full" if supply_class == "receptacle" else "empty"
    known_capacity = capacity if capacity is not None and 0 < capacity != _UNKNOWN_LARGEST else None
    if level is None or level < 0 or level == _UNKNOWN_LARGEST:
        return known_capacity, None, None, "unknown" if level is None else _LEVEL_STATES.get(level, "unknown")
    if capacity == 0:
        return None, level, None, "unknown"
    whole = known_capacity if known_capacity is not None else 100 if unit == "percent" else None
    if whole is None:
        return None, level, None, "some-remaining" if level else used_up
    percent = min(100, level * 100 // whole)
    if level == 0:
        return known_capacity, level, 0, used_up
    return known_capacity, level, percent, "low" if percent <= low_percent else "ok"
