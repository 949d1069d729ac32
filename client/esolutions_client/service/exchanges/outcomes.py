"""Find what a receipt says about a printer, however the server spells its serial number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.readings.serials import canonical_serial

if TYPE_CHECKING:
    from esolutions_client.wire.messages import DeviceOutcome, Receipt

__all__ = ["outcomes_of"]


def outcomes_of(receipt: Receipt) -> dict[str, DeviceOutcome]:
    """Return the outcomes of a receipt by the canonical form of the serial number."""
    return {canonical_serial(outcome.serial_number): outcome for outcome in receipt.devices}
