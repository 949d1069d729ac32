"""The messages of the golden conversation as the client's plain values."""

from __future__ import annotations

from datetime import datetime

from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.wire import messages as m

INSTANCE = "3f333df6-90a4-4fda-8dd3-9485d27cee36"
NAMES = ("Total Impressions", "Color Impressions", "Black Impressions", "Large Impressions", "Fax Impressions")
SUPPLIES = ("Black Toner", "Cyan Toner", "Magenta Toner", "Yellow Toner", "Transfer Belt")
DIGEST = fleet_digest(["ABC123456"])


def moment(text: str) -> datetime:
    """Return a moment of 2026 in UTC."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


def id_of(kind: str, number: int) -> str:
    """Return one of the golden GUIDs."""
    return {
        "message": f"c0ffee0{number}-0000-4000-8000-000000000000",
        "receipt": f"5ec01d0{number}-0000-4000-8000-000000000000",
        "command": f"c0337a4d-000{number}-4000-8000-000000000000",
    }[kind]


def meters(*values: int) -> tuple[m.Meter, ...]:
    """Return the nominal meters with these values."""
    return tuple(m.Meter(name, value) for name, value in zip(NAMES, values, strict=True))


SUBMITTED = m.BillingTransaction(
    "b1111111-0000-4000-8000-000000000000",
    (
        m.DeviceReading(
            "ABC123456",
            id_of("command", 2),
            moment("04-01T02:17:04"),
            meters(3404321, 1902200, 1502121, 1100321, 1200034),
            tuple(
                m.Supply(name, "ok", "tenths", 20000, level)
                for name, level in zip(SUPPLIES, (9100, 8400, 8300, 8200, 9900), strict=True)
            ),
        ),
    ),
)
