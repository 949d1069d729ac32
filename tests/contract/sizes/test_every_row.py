"""The published formulas hold for every number of devices up to a thousand.

In messages of a thousand devices that really crossed, every row of a device
has exactly the published bytes and all else exactly the published constant. No
field depends on how many rows there are; so leaving rows out gives the message
of any smaller fleet, byte for byte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.sizes import lifecycle, nominal_setting
from esolutions_scenarios.story_runner import open_testbed
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow

DEVICES = 1000
ROWS = re.compile(rb"<(\w+:(?:Device|Command))>.*?</\1>", re.DOTALL)


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> list[SentRow]:
    """Everything that a thousand nominal printers make a client send and a server answer."""
    testbed = open_testbed(nominal_setting(DEVICES), folder=tmp_path_factory.mktemp("thousand"))
    try:
        return lifecycle(testbed, DEVICES)
    finally:
        testbed.close()


@pytest.mark.slow
def test_every_row_and_every_rest_has_the_published_size(crossed: list[SentRow]) -> None:
    """Registration, activation, status, billing request and billing response, row by row."""
    seen = set()
    for formula in some(load_specification().formulas):
        if "+" in formula.message or not formula.per_device:
            continue
        for body in some(body for row in crossed for body in (row.body, row.response or b"")):
            rows = [match.group() for match in ROWS.finditer(body)]
            if re.search(rb"<\w+:" + formula.message.encode() + rb"[ >]", body) is None or not rows:
                continue
            assert len(rows) == DEVICES
            assert {len(row) for row in rows} == {formula.per_device}
            assert len(body) - sum(map(len, rows)) == formula.constant
            seen.add(formula.name)
    assert len(seen) == 5
