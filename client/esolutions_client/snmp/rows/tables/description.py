"""Who a printer is: vendor, model and state.

The name, place and contact that its owner gave the printer are never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.readings.model_names import best_name, known_vendor, model_name, without_vendor
from esolutions_client.readings.text import clean_text
from esolutions_client.snmp.queries import fetch, get, walk
from esolutions_client.snmp.rows import mib
from esolutions_client.snmp.rows.alerts import alert_words

if TYPE_CHECKING:
    from esolutions_client.snmp.pdus import Conversation, Value
    from esolutions_client.snmp.rows.tables.localization import Localization
    from esolutions_client.snmp.rows.tables.printers import PrinterRows, Serial

__all__ = ["Description", "describe"]

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
    model = ids.get("MDL") or ids.get("MODEL")
    if model is None:
        model = yield from _find_model((device[0], about), serial, codec, is_first=is_first)
    codes = alert_words(code for suffix, code in alerts.items() if rows.owns(suffix))
    return Description(
        vendor=vendor,
        model=without_vendor(model, vendor),
        uptime=system[2] if isinstance(system[2], int) else None,
        status=mib.word(mib.PRINTER_STATUSES, device[1]),
        conditions=tuple(dict.fromkeys((*mib.conditions(device[2]), *codes))),
    )


def _ieee_1284(value: Value, codec: str | None) -> dict[str, str]:
    fields = (part.partition(":") for part in clean_text(value, longest=1024, codec=codec).split(";"))
    return {key.strip().upper(): clean_text(text) for key, colon, text in fields if colon and text.strip()}


def _vendor(ids: dict[str, str], description: Value, object_id: Value) -> str | None:
    """Return the maker: the 1284 id, a known name that begins the description, or the enterprise number."""
    known = (*mib.VENDORS.values(), "FUJIFILM")
    named = ids.get("MFG") or ids.get("MANUFACTURER")
    if named:
        return known_vendor(named, known) or named
    vendor = known_vendor(clean_text(description), known)
    if vendor is None and isinstance(object_id, str) and object_id.startswith(mib.ENTERPRISES):
        return mib.VENDORS.get(object_id[len(mib.ENTERPRISES) :].partition(".")[0])
    return vendor


def _find_model(
    descriptions: tuple[Value, Value], serial: Serial | None, codec: str | None, *, is_first: bool
) -> Conversation[str]:
    """Return the model from the device's description, or else from where single makers keep it, or the system's."""
    number = serial.number if serial else None
    device, system = (model_name(clean_text(value, 256, codec), number) for value in descriptions)
    if (best_name([device]) and best_name([device, "a name"]) == device) or not is_first:
        return device or system
    told, kyocera = yield from get((mib.PRINT_SERVER_ID, mib.KYOCERA_MODEL))
    ids = _ieee_1284(told, codec)
    return best_name([device, ids.get("MDL", ""), ids.get("MODEL", ""), clean_text(kyocera, codec=codec), system])
