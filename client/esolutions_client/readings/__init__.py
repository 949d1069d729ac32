"""What a printer showed at one time, as plain values.

Where a value came from is not known here: no SNMP, no store, no wire format.
"""

from __future__ import annotations

from esolutions_client.readings.meters import MeterReading
from esolutions_client.readings.printers import PrinterReading
from esolutions_client.readings.supplies import SupplyReading

__all__ = ["MeterReading", "PrinterReading", "SupplyReading"]
