"""The published sizes of messages: linear formulas in the number of devices in them. Nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SizeFormula"]


@dataclass(frozen=True, slots=True)
class SizeFormula:
    """`per_device` x + `constant`, in bytes."""

    per_device: int
    constant: int

    def bytes_for(self, devices: int) -> int:
        """Return the published size of a message about that many devices."""
        return self.per_device * devices + self.constant
