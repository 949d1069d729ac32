"""Numbers that a message has no room for: each is left out alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_client.readings import PrinterReading, SupplyReading
from esolutions_client.service.exchanges.billing.submission import supplies_of
from esolutions_client.service.exchanges.registration.opening_readings import meters_of
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
from esolutions_client.snmp.rows.tables.meters import MeterRow
from esolutions_client.wire.messages import Meter, Supply

if TYPE_CHECKING:
    from esolutions_client.readings.meters import MeterSource

XCMI: MeterSource = "xcmi"


def test_a_counter_of_64_bits_that_a_message_has_no_room_for_is_named_without_a_value() -> None:
    """The server would refuse the whole message for it."""
    rows = tuple(MeterRow(name, None, f"1.3.{n}", XCMI) for n, name in enumerate(("Total", "Color")))
    layout = Layout(
        "ABC123456", "1.3", b"ABC123456", has_uptime=False, vendor=None, model=None, meters=rows, supplies=()
    )
    poll = SteadyPoll("ABC123456", None, (2**32, 2**32 - 1), (), ())
    assert meters_of(layout, poll) == (Meter("Total", None), Meter("Color", 2**32 - 1))


def test_a_level_or_capacity_without_room_is_left_out() -> None:
    """A supply is still sent with its state."""
    supply = SupplyReading(1, "Toner", "toner", None, "items", 2**40, 2_829_492, 0, "low")
    reading = PrinterReading("ABC123456", None, None, datetime(2026, 1, 1, tzinfo=UTC), (), (supply,))
    assert supplies_of(reading) == (Supply("Toner", "low", "items", None, 2_829_492),)
