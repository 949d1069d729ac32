"""Whatever an agent answers, a conversation ends with a value or with one of our errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from esolutions_client.snmp.errors import AgentError, SilentError, SnmpError, TooBigError
from esolutions_client.snmp.pdus import Conversation, Get, GetBulk, Request, run
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll, steady
from esolutions_client.snmp.rows.tables.meters import MeterRow
from esolutions_client.snmp.rows.tables.supplies import SupplyRow
from esolutions_client.snmp.search.discovery import Sign, probe

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
MOST_REQUESTS = 20_000
LAYOUT = Layout(
    serial_number="ABC123456",
    serial_oid="1.1",
    serial_octets=b"ABC123456",
    has_uptime=True,
    vendor=None,
    model=None,
    meters=(MeterRow("Total Impressions", "impressions", "1.2", "xcmi"),),
    supplies=(
        SupplyRow(1, "Toner", "toner", None, None, "1.3", "1.4"),
        SupplyRow(2, "B", "ink", None, None, None, "1.5"),
    ),
)
VALUES = st.one_of(
    st.none(),
    st.integers(-4, 4),
    st.integers(-(2**63), 2**64),
    st.binary(max_size=12),
    st.sampled_from([b"ABC123456", "1.3.6.1.2.1.25.3.1.5", "1.3.6.1.4.1.253.8.52.2.103", "", "..", b"MFG:;MDL:x;:y;"]),
)
ANYTHING = st.one_of(VALUES, st.tuples(st.text(max_size=5), VALUES), st.just(()))
ERRORS = st.sampled_from([TooBigError("x"), AgentError(5), AgentError(2, 1), AgentError(2, 99), SilentError("x")])


class Moody:
    """An agent that answers mostly to the point, now and then anything at all."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self._mood = data.draw(st.sampled_from(["helpful", "helpful", "wild"]))
        self._asked = 0
        self._left_to_draw = 60

    def __call__(self, request: Request) -> Any:
        """Answer, or refuse, or say nothing."""
        self._asked += 1
        assert self._asked < MOST_REQUESTS, "the conversation does not end"
        self._left_to_draw -= 1
        if self._left_to_draw < 0:
            raise SilentError("switched off")
        if self._draw(st.integers(0, 9)) == 0:
            raise self._draw(ERRORS)
        if self._mood == "wild" and self._draw(st.booleans()):
            return self._draw(
                st.lists(st.one_of(VALUES, st.tuples(st.text(max_size=5), VALUES), st.just(())), max_size=4)
            )
        if isinstance(request, Get):
            return [self._draw(VALUES) for _ in request.oids]
        oids = [request.oid] * min(3, request.max_repetitions) if isinstance(request, GetBulk) else request.oids
        return [(f"{oid}.{self._draw(st.integers(0, 3))}.{step}", self._draw(VALUES)) for step, oid in enumerate(oids)]


def outcome(conversation: Conversation[Any], agent: Moody) -> Any:
    """Return what came of it; any error that is not ours escapes."""
    try:
        return run(conversation, agent)
    except SnmpError as error:
        return error


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["1", "2c"]))
def test_identification_survives_any_agent(data: st.DataObject, version: str) -> None:
    """No answer crashes it or keeps it asking for ever, and no number it tells is negative."""
    met = outcome(identify(now=lambda: MOMENT, version=version), Moody(data))
    assert isinstance(met, (Identified, SnmpError))
    if isinstance(met, Identified):
        assert all(meter.value is None or meter.value >= 0 for meter in met.reading.meters)
        assert all(supply.percent is None or 0 <= supply.percent <= 100 for supply in met.reading.supplies)
        assert Layout.from_json(met.layout.to_json()) == met.layout


@settings(max_examples=150, deadline=None)
@given(data=st.data(), last_uptime=st.one_of(st.none(), st.integers(0, 2**32)), is_walked=st.booleans())
def test_a_steady_poll_survives_any_agent(data: st.DataObject, last_uptime: int | None, *, is_walked: bool) -> None:
    """A poll has as many values as its layout has rows, or there is no poll."""
    layout = replace(LAYOUT, is_walked=is_walked)
    last = SteadyPoll(LAYOUT.serial_number, last_uptime, (), (), ())
    poll = outcome(steady(layout, last), Moody(data))
    assert isinstance(poll, (SteadyPoll, SnmpError))
    if isinstance(poll, SteadyPoll):
        reading = layout.reading(poll, MOMENT)
        assert len(reading.supplies) == 2
        assert reading.meters[0].value is None or reading.meters[0].value >= 0


NUMBERS = st.one_of(st.integers(-3, 1), st.binary(max_size=1))
SHOWN = st.tuples(*[NUMBERS] * (len(LAYOUT.oids) - 2)).map(list)


@given(before=SHOWN, after=SHOWN, uptime=st.integers(0, 9))
def test_what_was_shown_before_changes_nothing_about_a_poll(before: list[Any], after: list[Any], uptime: int) -> None:
    """The same numbers are not judged anew, and others never taken for the same."""
    last = LAYOUT.poll([b"ABC123456", 0, *before])
    poll = LAYOUT.poll([b"ABC123456", uptime, *after], last)
    assert poll == LAYOUT.poll([b"ABC123456", uptime, *after])
    assert poll.uptime == uptime


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_probe_survives_any_agent(data: st.DataObject) -> None:
    """Whatever listens on the port of a printer, discovery goes on."""
    assert isinstance(outcome(probe(), Moody(data)), (Sign, SnmpError))
