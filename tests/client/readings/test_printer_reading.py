import json
from datetime import UTC, datetime, timedelta, timezone

from esolutions_client.readings import MeterReading, PrinterReading, SupplyReading

READING = PrinterReading(
    serial_number="ABC123456",
    vendor="Xerox",
    model="AltaLink C8045",
    read_at=datetime(2026, 1, 1, 2, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2))),
    meters=(MeterReading("Total Impressions", 7, "impressions", "1.3.6", "xcmi", rollover_at=999_999),),
    supplies=(SupplyReading(1, "Black Toner", "toner", "black", None, None, None, None, "some-remaining"),),
    status="idle",
    conditions=("low-paper",),
)


def test_the_json_of_a_reading_has_exactly_the_published_keys() -> None:
    """Other programs read this document: a key more or less is a change for them."""
    assert READING.as_json() == {
        "serial_number": "ABC123456",
        "vendor": "Xerox",
        "model": "AltaLink C8045",
        "read_at": "2026-01-01T00:00:00Z",
        "conditions": ["low-paper"],
        "meters": [
            {"name": "Total Impressions", "value": 7, "unit": "impressions", "oid": "1.3.6", "source": "xcmi"},
        ],
        "supplies": [
            {
                "index": 1,
                "name": "Black Toner",
                "type": "toner",
                "class": "consumed",
                "colorant": "black",
                "unit": None,
                "capacity": None,
                "level": None,
                "percent": None,
                "state": "some-remaining",
            },
        ],
    }
    assert json.loads(json.dumps(READING.as_json())) == READING.as_json()


def test_the_moment_of_a_reading_is_shown_in_utc_to_the_second() -> None:
    """A moment in another zone is the same moment."""
    assert READING.as_json()["read_at"] == "2026-01-01T00:00:00Z"
    assert READING.read_at.astimezone(UTC).hour == 0
