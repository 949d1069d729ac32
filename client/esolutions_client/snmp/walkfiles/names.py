"""The names that snmpwalk prints where it has loaded MIBs, as numbers: of the trees that are read, and no others.

`-On` prints numbers; `MODULE::name.index`, `name.index` (-Os) and `.iso.org.dod...name.index` (-Of) are the same OID.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["resolve"]

_ARC = re.compile(r"[0-9]{1,10}")
# -OX writes an index in brackets.
_BRACKETS = re.compile(r"\[([0-9]+)\]")
_MIB_2 = "1.3.6.1.2.1"
_TREES = {
    # RFC 2578
    "": "ccitt.0 iso.1",
    "1.3": "org",
    "1.3.6": "dod",
    "1.3.6.1": "internet directory.1 mgmt.2 experimental.3 private.4 security.5 snmpV2.6",
    "1.3.6.1.2": "mib-2.1",
    "1.3.6.1.4": "enterprises.1",
    # RFC 3418, 2863 and 4293
    _MIB_2: "system.1 interfaces.2 at.3 ip.4 icmp.5 tcp.6 udp.7 snmp.11 host.25 printmib.43 printerMIB.43",
    f"{_MIB_2}.1": "sysDescr.1 sysObjectID.2 sysUpTime.3 sysContact.4 sysName.5 sysLocation.6 sysServices.7",
    f"{_MIB_2}.1.3": "sysUpTimeInstance.0",
    f"{_MIB_2}.2": "ifNumber.1 ifTable.2",
    f"{_MIB_2}.2.2": "ifEntry.1",
    f"{_MIB_2}.2.2.1": "ifIndex.1 ifDescr.2 ifType.3 ifMtu.4 ifSpeed.5 ifPhysAddress.6 ifAdminStatus.7 ifOperStatus.8",
    # RFC 2790
    f"{_MIB_2}.25": "hrSystem.1 hrStorage.2 hrDevice.3",
    f"{_MIB_2}.25.3": "hrDeviceTypes.1 hrDeviceTable.2 hrPrinterTable.5",
    f"{_MIB_2}.25.3.1": "hrDeviceOther.1 hrDeviceUnknown.2 hrDeviceProcessor.3 hrDeviceNetwork.4 hrDevicePrinter.5"
    " hrDeviceDiskStorage.6 hrDeviceVideo.10 hrDeviceAudio.11 hrDeviceCoprocessor.12 hrDeviceKeyboard.13"
    " hrDeviceModem.14 hrDeviceParallelPort.15 hrDevicePointing.16 hrDeviceSerialPort.17 hrDeviceTape.18"
    " hrDeviceClock.19 hrDeviceVolatileMemory.20 hrDeviceNonVolatileMemory.21",
    f"{_MIB_2}.25.3.2": "hrDeviceEntry.1",
    f"{_MIB_2}.25.3.2.1": "hrDeviceIndex.1 hrDeviceType.2 hrDeviceDescr.3 hrDeviceID.4 hrDeviceStatus.5"
    " hrDeviceErrors.6",
    f"{_MIB_2}.25.3.5": "hrPrinterEntry.1",
    f"{_MIB_2}.25.3.5.1": "hrPrinterStatus.1 hrPrinterDetectedErrorState.2",
    # RFC 3805
    f"{_MIB_2}.43": "prtGeneral.5 prtLocalization.7 prtMarker.10 prtMarkerSupplies.11 prtMarkerColorant.12 prtAlert.18",
    f"{_MIB_2}.43.5": "prtGeneralTable.1",
    f"{_MIB_2}.43.5.1": "prtGeneralEntry.1",
    f"{_MIB_2}.43.5.1.1": "prtGeneralConfigChanges.1 prtGeneralCurrentLocalization.2 prtGeneralReset.3"
    " prtConsoleLocalization.10 prtGeneralPrinterName.16 prtGeneralSerialNumber.17",
    f"{_MIB_2}.43.7": "prtLocalizationTable.1",
    f"{_MIB_2}.43.7.1": "prtLocalizationEntry.1",
    f"{_MIB_2}.43.7.1.1": "prtLocalizationLanguage.2 prtLocalizationCountry.3 prtLocalizationCharacterSet.4",
    f"{_MIB_2}.43.10": "prtMarkerTable.2",
    f"{_MIB_2}.43.10.2": "prtMarkerEntry.1",
    f"{_MIB_2}.43.10.2.1": "prtMarkerMarkTech.2 prtMarkerCounterUnit.3 prtMarkerLifeCount.4 prtMarkerPowerOnCount.5",
    f"{_MIB_2}.43.11": "prtMarkerSuppliesTable.1",
    f"{_MIB_2}.43.11.1": "prtMarkerSuppliesEntry.1",
    f"{_MIB_2}.43.11.1.1": "prtMarkerSuppliesMarkerIndex.2 prtMarkerSuppliesColorantIndex.3 prtMarkerSuppliesClass.4"
    " prtMarkerSuppliesType.5 prtMarkerSuppliesDescription.6 prtMarkerSuppliesSupplyUnit.7"
    " prtMarkerSuppliesMaxCapacity.8 prtMarkerSuppliesLevel.9",
    f"{_MIB_2}.43.12": "prtMarkerColorantTable.1",
    f"{_MIB_2}.43.12.1": "prtMarkerColorantEntry.1",
    f"{_MIB_2}.43.12.1.1": "prtMarkerColorantMarkerIndex.2 prtMarkerColorantRole.3 prtMarkerColorantValue.4",
    "0": "zeroDotZero.0",
}


def _names() -> Iterator[tuple[str, str]]:
    for parent, children in _TREES.items():
        for child in children.split():
            name, dot, arc = child.partition(".")
            yield name, ".".join(filter(None, (parent, arc))) if dot else parent


_OIDS: Mapping[str, str] = MappingProxyType(dict(_names()))


def resolve(text: str) -> str | None:
    """Return the dotted numbers of an OID as a tool prints it, None for a name that is not known here."""
    _, _, path = _BRACKETS.sub(r".\1", text.strip()).rpartition("::")
    parts = path.removeprefix(".").split(".")
    named = [place for place, part in enumerate(parts) if _ARC.fullmatch(part) is None]
    if not named:
        return ".".join(parts)
    prefix = _OIDS.get(parts[named[-1]])
    return None if prefix is None else ".".join((prefix, *parts[named[-1] + 1 :]))
