"""One meter of one printer at one time.

A meter is found by its name, never by its place in a table: places differ from family to family.
This module does not decide what is billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["MeterReading", "MeterSource"]

MeterSource = Literal["xcmi", "printer-mib"]


@dataclass(frozen=True, slots=True)
class MeterReading:
    """A counter as the printer showed it.

    `value` is None where the printer gave no usable number; it is never negative. `unit` is None where the printer
    does not say what it counts. `rollover_at` is the last value before the counter starts again: the next impression
    shows 1.
    """

    name: str
    value: int | None
    unit: str | None
    oid: str
    source: MeterSource
    rollover_at: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the meter as `read --json` prints it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "oid": self.oid,
            "source": self.source,
        }
