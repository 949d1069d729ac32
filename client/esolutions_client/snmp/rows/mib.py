"""The OIDs the client reads and the words behind their numbers.

sysName, sysLocation and sysContact are missing on purpose: they are the customer's data and are never asked for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esolutions_client.readings.supplies import SupplyClass

T = TypeVar("T")

# RFC 3418, system group.
SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"

# RFC 2863, ifTable: the hardware address of each interface.
IF_PHYS_ADDRESS = "1.3.6.1.2.1.2.2.1.6"

# RFC 2790, hrDeviceTable and hrPrinterTable; rows by hrDeviceIndex.
HR_DEVICE_TYPE = "1.3.6.1.2.1.25.3.2.1.2"
HR_DEVICE_DESCR = "1.3.6.1.2.1.25.3.2.1.3"
HR_PRINTER_STATUS = "1.3.6.1.2.1.25.3.5.1.1"
HR_PRINTER_ERRORS = "1.3.6.1.2.1.25.3.5.1.2"
HR_DEVICE_PRINTER = "1.3.6.1.2.1.25.3.1.5"

# RFC 3805, Printer-MIB.
PRINTER_MIB = "1.3.6.1.2.1.43"
PRT_CURRENT_LOCALIZATION = "1.3.6.1.2.1.43.5.1.1.2"
PRT_CONSOLE_LOCALIZATION = "1.3.6.1.2.1.43.5.1.1.10"
PRT_SERIAL_NUMBER = "1.3.6.1.2.1.43.5.1.1.17"
PRT_LOCALIZATION_CHARSET = "1.3.6.1.2.1.43.7.1.1.4"
PRT_MARKER_COUNTER_UNIT = "1.3.6.1.2.1.43.10.2.1.3"
PRT_MARKER_LIFE_COUNT = "1.3.6.1.2.1.43.10.2.1.4"
PRT_SUPPLIES_COLORANT = "1.3.6.1.2.1.43.11.1.1.3"
PRT_SUPPLIES_CLASS = "1.3.6.1.2.1.43.11.1.1.4"
PRT_SUPPLIES_TYPE = "1.3.6.1.2.1.43.11.1.1.5"
PRT_SUPPLIES_DESCRIPTION = "1.3.6.1.2.1.43.11.1.1.6"
PRT_SUPPLIES_UNIT = "1.3.6.1.2.1.43.11.1.1.7"
PRT_SUPPLIES_CAPACITY = "1.3.6.1.2.1.43.11.1.1.8"
PRT_SUPPLIES_LEVEL = "1.3.6.1.2.1.43.11.1.1.9"
PRT_COLORANT_VALUE = "1.3.6.1.2.1.43.12.1.1.4"
PRT_ALERT_CODE = "1.3.6.1.2.1.43.18.1.1.7"

# PWG 5107.1 Port Monitor MIB, and the same text in the Xerox tree: "MFG:..;MDL:..;".
IEEE_1284_IDS = ("1.3.6.1.4.1.253.8.51.1.2.1.20.1", "1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1")

# The IEEE 1284 id of an HP print server's printer (Oki and Zebra have it, too), and Kyocera's model.
PRINT_SERVER_ID = "1.3.6.1.4.1.11.2.3.9.1.1.7.0"
KYOCERA_MODEL = "1.3.6.1.4.1.1347.43.5.1.1.1.1"

# XCMI: role devices, the Xerox serial number, and xcmHrDevDetailTable by hrDeviceIndex, detail type and n.
XEROX_DEVICE_TYPES = "1.3.6.1.4.1.253.8.52.2."
XEROX_SERIAL_NUMBER = "1.3.6.1.4.1.253.8.53.3.2.1.3"
XCMI_VALUE = "1.3.6.1.4.1.253.8.53.13.2.1.6"
XCMI_NAME = "1.3.6.1.4.1.253.8.53.13.2.1.8"
XCMI_LIFETIME_USAGE = "20"
XCMI_ROLLOVER = "232"

# IANA private enterprise numbers of makers of printers, with the name that is on their machines.
ENTERPRISES = "1.3.6.1.4.1."
VENDORS: Mapping[str, str] = MappingProxyType(
    {
        "2": "IBM",
        "11": "HP",
        "119": "NEC",
        "128": "Tektronix",
        "211": "Fujitsu",
        "236": "Samsung",
        "253": "Xerox",
        "297": "Fuji Xerox",
        "367": "RICOH",
        "480": "QMS",
        "641": "Lexmark",
        "674": "Dell",
        "1129": "TOSHIBA",
        "1248": "EPSON",
        "1347": "KYOCERA",
        "1602": "Canon",
        "1963": "Intermec",
        "2001": "OKI",
        "2385": "SHARP",
        "2435": "Brother",
        "10642": "Zebra",
        "18334": "KONICA MINOLTA",
        "24807": "RISO",
        "40093": "Pantum",
    }
)

# Trees of makers where whatever answers prints: Xerox and Fuji Xerox.
PRINTER_MAKERS = ("1.3.6.1.4.1.253.8.62.1.", "1.3.6.1.4.1.297.1.11.93.1.")

# IANA-PRINTER-MIB, PrtMarkerSuppliesTypeTC.
SUPPLY_TYPES: tuple[str, ...] = (
    *("other", "unknown", "toner", "waste-toner", "ink", "ink-cartridge", "ink-ribbon", "waste-ink", "opc"),
    *("developer", "fuser-oil", "solid-wax", "ribbon-wax", "waste-wax", "fuser", "corona-wire", "fuser-oil-wick"),
    *("cleaner-unit", "fuser-cleaning-pad", "transfer-unit", "toner-cartridge", "fuser-oiler", "water"),
    *("waste-water", "glue-water-additive", "waste-paper", "binding-supply", "banding-supply", "stitching-wire"),
    *("shrink-wrap", "paper-wrap", "staples", "inserts", "covers"),
)

# RFC 3805, PrtMarkerSuppliesClassTC.
SUPPLY_CLASSES: Mapping[int, SupplyClass] = MappingProxyType({1: "other", 3: "consumed", 4: "receptacle"})

# RFC 3805, PrtMarkerSuppliesSupplyUnitTC and PrtMarkerCounterUnitTC: one numbering, the second a subset of the first.
UNITS: Mapping[int, str] = MappingProxyType(
    {
        3: "ten-thousandths-of-inches",
        4: "micrometers",
        5: "characters",
        6: "lines",
        7: "impressions",
        8: "sheets",
        9: "dot-rows",
        11: "hours",
        12: "thousandths-of-ounces",
        13: "tenths-of-grams",
        14: "hundredths-of-fluid-ounces",
        15: "tenths-of-milliliters",
        16: "feet",
        17: "meters",
        18: "items",
        19: "percent",
    }
)

# RFC 2790, hrPrinterStatus.
PRINTER_STATUSES: Mapping[int, str] = MappingProxyType(
    {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warmup"}
)

# RFC 2790 and its update in RFC 3805, hrPrinterDetectedErrorState: bit 0 is the highest bit of the first octet.
PRINTER_CONDITIONS: tuple[str, ...] = (
    *("low-paper", "no-paper", "low-toner", "no-toner", "door-open", "jammed", "offline", "service-requested"),
    *("input-tray-missing", "output-tray-missing", "marker-supply-missing", "output-near-full", "output-full"),
    *("input-tray-empty", "overdue-maintenance"),
)


def word(table: Mapping[int, T], code: object) -> T | None:
    """Return the word for a code, or None where the code is no number or has no word."""
    return table.get(code) if type(code) is int else None


def supply_type(code: object) -> str:
    """Return the word for a prtMarkerSuppliesType; an absent or foreign code is "unknown"."""
    return SUPPLY_TYPES[code - 1] if type(code) is int and 1 <= code <= len(SUPPLY_TYPES) else "unknown"


def supply_class(code: object, kind: str) -> SupplyClass:
    """Return the word for a prtMarkerSuppliesClass; where it is absent or foreign, what the type of supply says."""
    return word(SUPPLY_CLASSES, code) or ("receptacle" if kind.startswith("waste-") else "consumed")


def conditions(state: object) -> tuple[str, ...]:
    """Return the words for the bits of a hrPrinterDetectedErrorState."""
    if not isinstance(state, bytes):
        return ()
    bits = "".join(f"{octet:08b}" for octet in state[:2])
    return tuple(name for bit, name in zip(bits, PRINTER_CONDITIONS, strict=False) if bit == "1")
