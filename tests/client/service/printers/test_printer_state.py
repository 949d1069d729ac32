"""What a poll showed is kept as numbers, and comes back as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.service.printers.printer_state import SnmpTimeouts, encode_poll, track
from esolutions_client.snmp.rows.layout import SteadyPoll

if TYPE_CHECKING:
    from tests.support.office import Office

_NUMBERS = st.lists(st.none() | st.integers(-3, 2**64), max_size=6).map(tuple)


@given(meters=_NUMBERS, levels=_NUMBERS, capacities=_NUMBERS)
def test_a_poll_is_kept_as_json(
    meters: tuple[int | None, ...], levels: tuple[int | None, ...], capacities: tuple[int | None, ...]
) -> None:
    """Whatever the numbers, and where a row has none."""
    body = encode_poll(SteadyPoll("ABC123456", 5, meters, levels, capacities))
    assert [tuple(part) for part in json.loads(body)] == [meters, levels, capacities]
    assert " " not in body


def test_a_damaged_layout_of_old_leaves_what_was_billed_to_compare_with(office: Office) -> None:
    """The newest reading cannot be told apart any more; what the server acknowledged still can."""
    store = office.store
    device = store.devices.get(office.serials[0])
    assert device is not None
    assert device.layout_id is not None
    body = store.devices.layout(device.layout_id)
    store._connection.execute("UPDATE layout SET body = 'damaged' WHERE layout_id = ?", (device.layout_id,))
    device = store.devices.save_layout(device, body)

    tracked = track(store, device, SnmpTimeouts())

    assert tracked.layout is not None
    billed = {name: sent.value for name, sent in store.readings.transmitted(device.serial_number).items()}
    assert billed
    assert tracked.guarded == tuple(billed.get(row.name) for row in tracked.layout.meters)
