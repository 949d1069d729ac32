"""The published sizes of messages: linear formulas in the number of devices in them.

Which formula is that of a request or of a sync response says the table of
operations, `soap/contract/operations.py`; the journal compares it with what was measured.
"""

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
