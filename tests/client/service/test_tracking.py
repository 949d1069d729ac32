"""What a poll showed is kept as numbers, and comes back as it was."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.service.tracking import encode_poll
from esolutions_client.snmp.layout import SteadyPoll

_NUMBERS = st.lists(st.none() | st.integers(-3, 2**64), max_size=6).map(tuple)


@given(meters=_NUMBERS, levels=_NUMBERS, capacities=_NUMBERS)
def test_a_poll_is_kept_as_json(
    meters: tuple[int | None, ...], levels: tuple[int | None, ...], capacities: tuple[int | None, ...]
) -> None:
    """Whatever the numbers, and where a row has none."""
    body = encode_poll(SteadyPoll("ABC123456", 5, meters, levels, capacities))
    assert [tuple(part) for part in json.loads(body)] == [meters, levels, capacities]
    assert " " not in body
