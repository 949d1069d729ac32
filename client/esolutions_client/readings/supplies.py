"""One supply of one printer at one moment, and what its numbers mean.

RFC 3805 gives negative levels and capacities a meaning of their own: they are states here, never numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LOW_PERCENT", "SupplyReading", "SupplyState", "judge_supply"]

SupplyState = Literal["ok", "low", "empty", "unknown", "some-remaining", "other"]

LOW_PERCENT = 20

# RFC 3805, prtMarkerSuppliesLevel.
_LEVEL_STATES: dict[int, SupplyState] = {-1: "other", -2: "unknown", -3: "some-remaining"}


@dataclass(frozen=True, slots=True)
class SupplyReading:
    """A supply as the printer showed it; unknown numbers are None, never negative, and `percent` is 0 to 100."""

    index: int
    name: str
    type: str
    colorant: str | None
    unit: str | None
    capacity: int | None
    level: int | None
    percent: int | None
    state: SupplyState

    def as_json(self) -> dict[str, object]:
        """Return the supply as `read --json` prints it."""
        return {
            "index": self.index,
            "name": self.name,
            "type": self.type,
            "colorant": self.colorant,
            "unit": self.unit,
            "capacity": self.capacity,
            "level": self.level,
            "percent": self.percent,
            "state": self.state,
        }


def judge_supply(
    level: int | None, capacity: int | None, unit: str | None, low_percent: int = LOW_PERCENT
) -> tuple[int | None, int | None, int | None, SupplyState]:
    """Return capacity, level, percent and state for the numbers as the printer gave them, sentinels included.

    A level without a capacity is a percentage only where the unit says so (RFC 3805: unit 19); otherwise all that is
    known is that some is left.
    """
    known_capacity = capacity if capacity is not None and capacity > 0 else None
    if level is None or level < 0:
        return known_capacity, None, None, _LEVEL_STATES.get(level or -2, "unknown")
    if capacity == 0:
        return None, level, None, "unknown"
    whole = known_capacity if known_capacity is not None else 100 if unit == "percent" else None
    if whole is None:
        return None, level, None, "some-remaining" if level else "empty"
    percent = min(100, level * 100 // whole)
    if level == 0:
        return known_capacity, level, 0, "empty"
    return known_capacity, level, percent, "low" if percent <= low_percent else "ok"
