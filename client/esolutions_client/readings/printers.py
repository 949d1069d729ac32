"""Everything one printer showed at one time.

The name, the place and the contact person of a printer are the customer's business: there is no field for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esolutions_client.readings.meters import MeterReading
    from esolutions_client.readings.supplies import SupplyReading

__all__ = ["PrinterReading"]


@dataclass(frozen=True, slots=True)
class PrinterReading:
    """The meters and supplies of a printer, with what identifies it.

    `serial_number` is None where the printer tells none. `status` and `conditions` are filled when a printer is
    identified; a steady poll does not ask for them (None), because nothing is billed or replenished from them.
    """

    serial_number: str | None
    vendor: str | None
    model: str | None
    read_at: datetime
    meters: tuple[MeterReading, ...]
    supplies: tuple[SupplyReading, ...]
    status: str | None = None
    conditions: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, object]:
        """Return the reading as `read --json` prints it; without conditions where none were asked for."""
        return {
            "serial_number": self.serial_number,
            "vendor": self.vendor,
            "model": self.model,
            "read_at": self.read_at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z",
            **({} if self.conditions is None else {"conditions": list(self.conditions)}),
            "meters": [meter.as_json() for meter in self.meters],
            "supplies": [supply.as_json() for supply in self.supplies],
        }
