"""The rows of a colour multifunction with every kind of counter, scattered over three role devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.snmp.pdus import Value

XCMI = "1.3.6.1.4.1.253.8.53.13.2.1"
CANARY = "canary-customer-data"


def xerox_rows() -> Iterator[tuple[str, Value]]:
    """Yield name and value of every row."""
    system = "1.3.6.1.2.1.1"
    yield f"{system}.1.0", b"Xerox AltaLink C8045; SS 100.002, NC 100.002"
    yield f"{system}.2.0", "1.3.6.1.4.1.253.8.62.1.35.2.3.1.1"
    yield f"{system}.3.0", 4_280_423
    for column in (4, 5, 6):
        yield f"{system}.{column}.0", CANARY.encode()
    yield "1.3.6.1.2.1.25.3.2.1.2.1", "1.3.6.1.2.1.25.3.1.5"
    yield "1.3.6.1.2.1.25.3.2.1.2.102", "1.3.6.1.4.1.253.8.52.2.102"
    yield "1.3.6.1.2.1.25.3.2.1.2.103", "1.3.6.1.4.1.253.8.52.2.103"
    yield "1.3.6.1.2.1.25.3.5.1.1.1", 3
    yield "1.3.6.1.2.1.25.3.5.1.2.1", b"\x20\x00"
    yield "1.3.6.1.2.1.43.5.1.1.17.1", b"ABC123456"
    yield "1.3.6.1.2.1.43.10.2.1.3.1.1", 7
    yield "1.3.6.1.2.1.43.10.2.1.4.1.1", 30_745
    yield from _xerox_meters()
    yield from _xerox_supplies()
    yield "1.3.6.1.4.1.253.8.51.1.2.1.20.1", b"MFG:Xerox; CMD:PCL; MDL:AltaLink C8045; CLS:Printer"


def _xerox_meters() -> Iterator[tuple[str, Value]]:
    for device, detail, n, name, value in (
        (1, 20, 1, b"Total Impressions", 30_734),
        (1, 20, 33, b"Color Impressions", 734),
        (1, 20, 34, b"Black Impressions", 30_000),
        (1, 20, 38, b"Sheets", 20_000),
        (103, 20, 3, b"Black Copied Impressions", 555),
        (103, 20, 1, b"Total Impressions", 1),
        (1, 30, 1, b"Resettable Impressions", 11),
        (1, 230, 1, b"Service Impressions", 12),
        (1, 232, 1, b"Total Impressions", 999_999),
    ):
        yield f"{XCMI}.6.{device}.{detail}.{n}", value
        yield f"{XCMI}.8.{device}.{detail}.{n}", name
    # A name without a value and a value without a name: neither is a meter.
    yield f"{XCMI}.8.1.20.71", b"Fax Impressions"
    yield f"{XCMI}.6.1.20.72", 13


def _xerox_supplies() -> Iterator[tuple[str, Value]]:
    rows: tuple[tuple[int, *tuple[Value, ...]], ...] = (
        (1, 1, 3, b"Black Toner, PN 006R01509;SN48178080E0000481", 7, 5300, 1060),
        (2, 2, 3, b"Cyan Toner, PN 006R01512;SN461E7A80E0000489", 7, 3000, 1980),
        (5, 0, 9, b"Drum Cartridge", 19, 100, 50),
        (6, 0, 9, b"Drum Cartridge", 19, 100, -2),
        (10, 0, 4, b"Waste Toner Container\0", 19, -2, -3),
    )
    for index, *values in rows:
        for column, value in zip((3, 5, 6, 7, 8, 9), values, strict=True):
            yield f"1.3.6.1.2.1.43.11.1.1.{column}.1.{index}", value
    yield "1.3.6.1.2.1.43.12.1.1.4.1.1", b"black"
    yield "1.3.6.1.2.1.43.12.1.1.4.1.2", b"cyan"
