"""How the readings that answer billing requests are put into messages."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.service.exchanges.billing.submission import in_transactions
from esolutions_client.wire.messages import DeviceReading

READ = datetime(2026, 1, 1, tzinfo=UTC)


@given(serials=st.lists(st.sampled_from("ABCDE"), max_size=30), most=st.integers(1, 4))
def test_each_reading_is_in_one_transaction_and_each_printer_in_each_once(serials: list[str], most: int) -> None:
    """Nothing is lost or doubled, no message is too long, and none names a printer twice."""
    readings = [DeviceReading(serial, str(number), READ, ()) for number, serial in enumerate(serials)]
    parts = in_transactions(readings, most)
    assert sorted(reading.command_id for part in parts for reading in part) == sorted(r.command_id for r in readings)
    for part in parts:
        assert 1 <= len(part) <= most
        assert len({reading.serial_number for reading in part}) == len(part)
