"""Who a printer is: vendor, model and state.

The name, place and contact that its owner gave the printer are never asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.text import clean_text
from esolutions_client.snmp import mib
from esolutions_client.snmp.alerts import alert_words
from esolutions_client.snmp.asking import fetch, get, walk

if TYPE_CHECKING:
    from esolutions_client.snmp.requests import Conversation, Value
    from esolutions_client.snmp.tables.localization import Localization
    from esolutions_client.snmp.tables.printers import PrinterRows, Serial

__all__ = ["Description", "describe"]

# What follows the model in sysDescr and hrDeviceDescr: versions, serials, further functions of the machine.
_AFTER_MODEL = re.compile(r"\s*(?:[;,:]| /\w?| version\b| Rev\.|\bFirmware\b).*", re.IGNORECASE)
_SHORTEST_SERIAL = 5
_MOST_ALERTS = 32


@dataclass(frozen=True, slots=True)
class Description:
    """Vendor and model, and the state at this moment."""

    vendor: str | None
    model: str | None
    uptime: int | None
    status: str | None
    conditions: tuple[str, ...]


def describe(
    rows: PrinterRows, version: str, localization: Localization, *, is_first: bool = True
) -> Conversation[Description]:
    """Return vendor, model and state, from the IEEE 1284 id before the descriptions.

    Of several printers behind an agent, what the agent says about itself and its first port is the first one's alone.
    """
    serial = rows.serial
    printer = next((index for index, kind in rows.roles.items() if kind == mib.HR_DEVICE_PRINTER), "1")
    system = yield from fetch((mib.SYS_DESCR, mib.SYS_OBJECT_ID, mib.SYS_UPTIME))
    device = yield from get(
        (
            f"{mib.HR_DEVICE_DESCR}.{printer}",
            f"{mib.HR_PRINTER_STATUS}.{printer}",
            f"{mib.HR_PRINTER_ERRORS}.{printer}",
            *mib.IEEE_1284_IDS,
        )
    )
    alerts = yield from walk(mib.PRT_ALERT_CODE, version=version, rows_at_once=4, most_rows=_MOST_ALERTS)
    codec = localization.codec(printer)
    about, object_id = system[:2] if is_first else (device[0], None)
    ids = (_ieee_1284(device[3], codec) or _ieee_1284(device[4], codec)) if is_first else {}
    vendor = _vendor(ids, about, object_id)
    model = ids.get("MDL") or ids.get("MODEL") or _model(device[0], serial, codec) or _model(about, serial, codec)
    codes = alert_words(code for suffix, code in alerts.items() if rows.owns(suffix))
    return Description(
        vendor=vendor,
        model=_without_vendor(model, vendor),
        uptime=system[2] if isinstance(system[2], int) else None,
        status=mib.word(mib.PRINTER_STATUSES, device[1]),
        conditions=tuple(dict.fromkeys((*mib.conditions(device[2]), *codes))),
    )


def _ieee_1284(value: Value, codec: str | None) -> dict[str, str]:
    fields = (part.partition(":") for part in clean_text(value, longest=1024, codec=codec).split(";"))
    return {key.strip().upper(): clean_text(text) for key, colon, text in fields if colon and text.strip()}


def _vendor(ids: dict[str, str], description: Value, object_id: Value) -> str | None:
    """Return the maker: the 1284 id, a known name that begins the description, or the enterprise number."""
    named = ids.get("MFG") or ids.get("MANUFACTURER")
    if named:
        return named
    text = clean_text(description).casefold()
    for vendor in (*mib.VENDORS.values(), "FUJIFILM"):
        if text.startswith(vendor.casefold()):
            return vendor
    if isinstance(object_id, str) and object_id.startswith(mib.ENTERPRISES):
        return mib.VENDORS.get(object_id[len(mib.ENTERPRISES) :].partition(".")[0])
    return None


def _model(value: Value, serial: Serial | None, codec: str | None) -> str:
    """Return what a description says before versions begin, without the serial number some agents put there."""
    words = _AFTER_MODEL.sub("", clean_text(value, longest=256, codec=codec)).split()
    if serial is not None:
        words = [part for part in words if len(part) < _SHORTEST_SERIAL or part not in serial.number]
    return clean_text(" ".join(words))


def _without_vendor(model: str, vendor: str | None) -> str | None:
    if vendor and model.casefold().startswith(vendor.casefold() + " "):
        model = model[len(vendor) + 1 :]
    return model or None
