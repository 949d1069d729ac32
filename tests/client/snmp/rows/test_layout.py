"""The steady poll: few questions, and never a number under the wrong name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyasn1.codec.ber import encoder  # type: ignore[import-untyped]
from pysnmp.proto import api

from esolutions_client.snmp.errors import LayoutChangedError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, Reply, Request, Value, run
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.layout import Layout, steady

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import SimpleNamespace

Rows = dict[str, Value]
LARGEST_POLL_BYTES = 2048
MEASURED_POLL_BYTES = 841
IP_AND_UDP_BYTES = 28
LONGEST_REQUEST_ID = 0xFFFFFF
SERIAL = "1.3.6.1.2.1.43.5.1.1.17.1"
UPTIME = "1.3.6.1.2.1.1.3.0"
TOTAL = "1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1"
LEVEL = "1.3.6.1.2.1.43.11.1.1.9.1.1"


@pytest.fixture
def met(xerox: Rows, agents: SimpleNamespace, now: Callable[[], datetime]) -> Identified:
    """A printer that has just been identified."""
    return run(identify(now=now), agents.obliging(xerox))


def test_a_steady_poll_reads_what_identification_read(met: Identified, xerox: Rows, agents: SimpleNamespace) -> None:
    """The layout leads to the same numbers, under the same names, in one request."""
    assert len(met.layout.requests) == 1
    poll = run(steady(met.layout, met.poll), agents.obliging(xerox))
    assert met.layout.reading(poll, met.reading.read_at) == replace(met.reading, status=None, conditions=None)


def test_a_layout_survives_being_stored(met: Identified) -> None:
    """What comes back from JSON asks the same questions and tells the same names."""
    stored = Layout.from_json(met.layout.to_json())
    assert stored == met.layout
    assert stored.requests == met.layout.requests


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 0}', '{"format": 1, "meters": 3}'])
def test_a_damaged_layout_asks_for_a_new_identification(text: str) -> None:
    """A store written by another version costs one identification, not a crash."""
    with pytest.raises(LayoutChangedError):
        Layout.from_json(text)


@pytest.mark.parametrize(
    "changed",
    [{SERIAL: b"XYZ999999"}, {SERIAL: None}, {TOTAL: None}, {LEVEL: None}, {UPTIME: 12}, {UPTIME: None}],
    ids=["another serial", "no serial", "no meter row", "no supply row", "restarted", "no uptime"],
)
def test_a_printer_that_contradicts_its_layout_is_identified_again(
    met: Identified, xerox: Rows, agents: SimpleNamespace, changed: Rows
) -> None:
    """Another machine at the address, a vanished row, a restarted agent: row indexes may all have moved."""
    with pytest.raises(LayoutChangedError):
        run(steady(met.layout, met.poll), agents.obliging(xerox | changed))


def test_numbers_that_are_none_leave_the_others_standing(met: Identified, xerox: Rows, agents: SimpleNamespace) -> None:
    """A negative counter and a level that is text are unknown; levels keep their sentinels until they are judged."""
    rows = xerox | {TOTAL: -1, LEVEL: b"many"}
    poll = run(steady(met.layout), agents.obliging(rows))
    assert poll.meter_values == (None, 734, 30_000, 20_000, 555)
    assert poll.supply_levels == (None, 1980, 50, -2, -3)
    assert poll.supply_capacities == (5300, 3000, 100, 100, -2)


@pytest.mark.parametrize("values", [[], [1], [b"ABC123456"] * 50])
def test_another_number_of_answers_than_questions_is_unusable(met: Identified, values: list[Value]) -> None:
    """Values without their question would land under the wrong name."""
    with pytest.raises(UnusableReplyError):
        run(steady(met.layout), lambda _: values)


def test_an_answer_that_outgrew_its_datagram_is_asked_for_in_parts(
    met: Identified, xerox: Rows, agents: SimpleNamespace
) -> None:
    """Counters grow; an agent that could answer at first may say tooBig years later."""
    poll = run(steady(met.layout), agents.too_big_beyond(4)(agents.obliging(xerox)))
    assert poll.meter_values[0] == 30_734


def test_an_agent_that_answers_little_at_once_is_remembered_so(
    xerox: Rows, agents: SimpleNamespace, now: Callable[[], datetime]
) -> None:
    """Identification learns how much fits, so that later polls are not refused first."""
    agent = agents.too_big_beyond(8)(agents.obliging(xerox))
    layout = run(identify(now=now), agent).layout

    def never_refuses(request: Request) -> Reply:
        try:
            return agent(request)  # type: ignore[no-any-return]
        except TooBigError:
            pytest.fail("asked for too much")

    run(steady(layout), never_refuses)
    assert len(layout.requests) == 3


def test_a_steady_poll_of_five_meters_and_five_supplies_fits_two_kilobytes(
    met: Identified, xerox: Rows, agents: SimpleNamespace
) -> None:
    """All bytes on the wire both ways, IP and UDP headers included, with every counter at its longest."""
    rows = {
        oid: 2**31 - 1 if oid in met.layout.oids and isinstance(value, int) else value for oid, value in xerox.items()
    }
    total = 0
    for request in met.layout.requests:
        values = agents.obliging(rows)(request)
        total += _message_bytes(request, [None] * len(request.oids)) + _message_bytes(request, values)
    assert total == MEASURED_POLL_BYTES < LARGEST_POLL_BYTES


def _message_bytes(request: Get, values: list[Value]) -> int:
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    wrap = {int: module.Counter32, bytes: module.OctetString, type(None): lambda _: module.Null("")}
    pdu, message = module.GetRequestPDU(), module.Message()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_request_id(pdu, LONGEST_REQUEST_ID)
    module.apiPDU.set_varbinds(
        pdu, [(oid, wrap[type(value)](value)) for oid, value in zip(request.oids, values, strict=True)]
    )
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, "public")
    module.apiMessage.set_pdu(message, pdu)
    return len(encoder.encode(message)) + IP_AND_UDP_BYTES
