"""The message sizes the FAQ publishes, for the journal to set beside the measured ones.

Bytes of a message as a function of x, the number of devices in it. Nothing
here measures anything.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ANSWERS", "REQUESTS", "SizeFormula"]


@dataclass(frozen=True, slots=True)
class SizeFormula:
    """`per_device` x + `constant`, in bytes."""

    per_device: int
    constant: int

    def bytes_for(self, devices: int) -> int:
        """Return the published size of a message about that many devices."""
        return self.per_device * devices + self.constant


REQUESTS = {
    "RegisterProxy": SizeFormula(0, 1526),
    "RegisterProxyDevices": SizeFormula(393, 1503),
    "SyncProxy": SizeFormula(0, 1425),
    "SyncProxyStatus": SizeFormula(260, 1247),
    "SubmitBillingTransaction": SizeFormula(1314, 1993),
}
# The FAQ gives no size for the answers that are receipts alone.
ANSWERS = {"SyncProxy": SizeFormula(1510, 1425)}
