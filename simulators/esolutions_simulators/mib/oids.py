"""Name the object identifiers a printer is read by.

Sources: RFC 3418 (SNMPv2-MIB), RFC 2790 (HOST-RESOURCES-MIB), RFC 3805
(Printer-MIB), RFC 2863 and RFC 4293 for the interface and the address, and the
Xerox common management information base. Names only.
"""

__all__ = [
    "HR_DEVICE",
    "HR_DEVICE_PRINTER",
    "HR_PRINTER",
    "IEEE_1284_ID",
    "IF_PHYS_ADDRESS",
    "IP_AD_ENT_ADDR",
    "PRT_ALERT",
    "PRT_COLORANT",
    "PRT_GENERAL",
    "PRT_LOCALIZATION",
    "PRT_MARKER",
    "PRT_SUPPLIES",
    "SYSTEM",
    "TREES",
    "XCM_DETAIL",
    "XCM_SERIAL",
    "XEROX_ROLE",
    "tree_of",
]

SYSTEM = "1.3.6.1.2.1.1"
IF_PHYS_ADDRESS = "1.3.6.1.2.1.2.2.1.6"
IP_AD_ENT_ADDR = "1.3.6.1.2.1.4.20.1.1"
HR_DEVICE = "1.3.6.1.2.1.25.3.2.1"
HR_PRINTER = "1.3.6.1.2.1.25.3.5.1"
HR_DEVICE_PRINTER = "1.3.6.1.2.1.25.3.1.5"
PRT_GENERAL = "1.3.6.1.2.1.43.5.1.1"
PRT_LOCALIZATION = "1.3.6.1.2.1.43.7.1.1"
PRT_MARKER = "1.3.6.1.2.1.43.10.2.1"
PRT_SUPPLIES = "1.3.6.1.2.1.43.11.1.1"
PRT_COLORANT = "1.3.6.1.2.1.43.12.1.1"
PRT_ALERT = "1.3.6.1.2.1.43.18.1.1"
# Xerox: hrDeviceType of scanner (102), copier (103) and fax (104).
XEROX_ROLE = "1.3.6.1.4.1.253.8.52.2"
# Xerox: xcmHrDevDetailTable, indexed by hrDeviceIndex, detail type and number.
XCM_DETAIL = "1.3.6.1.4.1.253.8.53.13.2.1"
XCM_SERIAL = "1.3.6.1.4.1.253.8.53.3.2.1.3"
IEEE_1284_ID = "1.3.6.1.4.1.253.8.51.1.2.1.20.1"

# What printers implement: a name in none of these is of no object (RFC 3416, section 4.2.1, noSuchObject).
TREES = (SYSTEM, IF_PHYS_ADDRESS, IP_AD_ENT_ADDR, "1.3.6.1.2.1.25.3", "1.3.6.1.2.1.43", "1.3.6.1.4.1.253")


def tree_of(oid: str) -> str | None:
    """Return the one of TREES in which a name stands, or None."""
    return next((tree for tree in TREES if f"{oid}.".startswith(f"{tree}.")), None)
