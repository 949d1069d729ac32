"""What expectations make of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.verification import (
    Count,
    Event,
    Follows,
    Interval,
    Matcher,
    Order,
    Rate,
    VerificationError,
    document_of,
    expectation_of,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_server.domain.verification import Expectation, Verdict

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = START + timedelta(days=30)
SYNC, STATUS, TURN_ON = Matcher("SyncProxy"), Matcher("SyncProxyStatus"), Matcher("TurnOn")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def event(name: str, hours: float, **fields: Any) -> Event:
    """Return an event so many hours after the start, of client `p` unless another one is named."""
    values = {"proxy_id": "p", "number": int(hours * 10) + 1, **fields}
    return Event(name, START + timedelta(hours=hours), **values)


def verdict(events: Sequence[Event], expectation: Expectation, now: datetime = LATER) -> Verdict:
    """Judge by one expectation."""
    (judged,) = verify(events, [expectation], now)
    return judged


def test_an_order_is_found_among_others() -> None:
    """And what is missing is told with what was reached before it."""
    order = Order((Matcher("RegisterProxy"), SYNC, STATUS))
    events = [event("RegisterProxy", 0), event("SyncProxy", 1), event("SyncProxy", 2), event("SyncProxyStatus", 3)]
    assert verdict(events, order).passed
    (miss,) = verdict(events[:3], order).misses
    assert (miss.of, miss.expected) == ("p", "SyncProxyStatus (3 of 3)")
    assert miss.closest == "after SyncProxy at 2026-01-05T10:00:00Z, exchange 11 there was none"
    (early,) = verdict([events[3], event("RegisterProxy", 5), event("SyncProxy", 6)], order).misses
    assert "only before it SyncProxyStatus at 2026-01-05T12:00:00Z" in early.closest


@pytest.mark.parametrize(
    ("at_least", "at_most", "passed"),
    [(3, 3, True), (None, 3, True), (3, None, True), (4, None, False), (None, 2, False), (0, 0, False)],
)
def test_messages_are_counted(at_least: int | None, at_most: int | None, passed: bool) -> None:  # noqa: FBT001 - a table
    """Those that were taken; a repetition and a refusal are none."""
    events = [event("SyncProxy", hours) for hours in (1, 2, 3)]
    events += [event("SyncProxy", 4, outcome="repeated"), event("SyncProxy", 5, outcome="wsse:FailedCheck")]
    judged = verdict(events, Count(SYNC, at_least, at_most))
    assert judged.passed == passed
    assert passed or "there were 3" in judged.misses[0].closest


def test_a_rate_is_kept_in_every_span() -> None:
    """The tightest one is told where it is not."""
    rate = Rate(SYNC, at_most=1, within=20 * HOUR)
    assert verdict([event("SyncProxy", 0), event("SyncProxy", 20), event("SyncProxy", 40)], rate).passed
    (miss,) = verdict([event("SyncProxy", hours) for hours in (0, 24, 43, 67, 86.5)], rate).misses
    assert miss.closest.startswith("2 came within 19 h: SyncProxy at 2026-01-06T09:00:00Z")
    assert miss.exchanges == (241, 431)


def test_an_interval_has_two_bounds_and_no_end() -> None:
    """What has not come yet is missed once it is late."""
    interval = Interval(SYNC, 24 * HOUR - timedelta(minutes=10), 24 * HOUR + timedelta(minutes=10))
    events = [event("SyncProxy", 0), event("SyncProxy", 24.1), event("SyncProxy", 48)]
    assert verdict(events, interval, events[-1].at + 24 * HOUR).passed
    (late,) = verdict(events, interval, events[-1].at + 25 * HOUR).misses
    assert late.closest == "nothing since SyncProxy at 2026-01-07T09:00:00Z, exchange 481, 1 d 1 h ago"
    (long,) = verdict([*events, event("SyncProxy", 73)], interval, events[-1].at + 25 * HOUR).misses
    assert long.closest.startswith("1 d 1 h from SyncProxy at 2026-01-07T09:00:00Z")
    (none,) = verdict([event("SyncProxyStatus", 0)], interval).misses
    assert none.closest == "there was no SyncProxy"


def test_what_follows_comes_in_time_and_never_again() -> None:
    """For each device; what may still come is pending, not missed."""
    follows = Follows(STATUS, TURN_ON, 24 * HOUR + timedelta(minutes=10), then_never=True, per="device")
    on, status = ("TurnOn", {"serials": frozenset("A"), "outcome": "sent"}), {"serials": frozenset("A")}
    command = event(on[0], 0, **on[1])
    assert verdict([command, event("SyncProxyStatus", 24.1, **status)], follows).passed
    (late,) = verdict([command, event("SyncProxyStatus", 26, **status)], follows).misses
    assert (late.of, late.closest[:22]) == ("A", "too late by 1 h 50 min")
    (again,) = verdict(
        [command, event("SyncProxyStatus", 1, **status), event("SyncProxyStatus", 300, **status)], follows
    ).misses
    assert again.expected.startswith("no second SyncProxyStatus after TurnOn")
    (other,) = verdict([command, event("SyncProxyStatus", 1, serials=frozenset("B"))], follows).misses
    assert other.closest == "there was none"
    still = verdict([command], follows, START + HOUR)
    assert (still.passed, still.pending[0][:36]) == (True, "SyncProxyStatus until 2026-01-06T09:")
    early = Follows(STATUS, TURN_ON, DAY, not_before=HOUR, per="device")
    (soon,) = verdict([command, event("SyncProxyStatus", 0.5, **status)], early).misses
    assert soon.closest.startswith("too early by 30 min")


def test_each_client_is_judged_by_itself() -> None:
    """Two that sync once a day each are no two in a day."""
    events = [event("SyncProxy", 0, proxy_id="p"), event("SyncProxy", 1, proxy_id="q")]
    assert verdict(events, Rate(SYNC, 1, 20 * HOUR)).passed
    assert not verdict(events, Rate(SYNC, 1, 20 * HOUR, per="all")).passed


def test_an_expectation_about_each_client_is_not_met_by_none() -> None:
    """An empty journal does not pass for one in which everything is right."""
    assert not verdict([], Count(SYNC, at_least=1)).passed
    assert not verdict([], Order((SYNC,))).passed


EVENTS = st.lists(
    st.builds(
        lambda name, minutes, number: Event(name, START + timedelta(minutes=minutes), "p", number=number),
        st.sampled_from(["SyncProxy", "SyncProxyStatus"]),
        st.integers(0, 300),
        st.integers(1, 50),
    ),
    max_size=12,
    unique_by=lambda made: (made.at, made.number),
)


@given(events=EVENTS, at_most=st.integers(1, 3), minutes=st.integers(1, 120))
def test_a_rate_agrees_with_looking_at_every_span(events: list[Event], at_most: int, minutes: int) -> None:
    """From each message on, all that came within the span are counted."""
    span = timedelta(minutes=minutes)
    moments = [event.at for event in events if event.name == "SyncProxy"]
    most = max((sum(first <= moment < first + span for moment in moments) for first in moments), default=0)
    assert verdict(events, Rate(SYNC, at_most, span)).passed == (most <= at_most)


@given(events=EVENTS, soonest=st.integers(0, 60), latest=st.integers(60, 200), is_once=st.booleans())
def test_what_follows_agrees_with_looking_at_everything(
    events: list[Event],
    soonest: int,
    latest: int,
    is_once: bool,  # noqa: FBT001 - drawn
) -> None:
    """After each cause there is one in time; and where it is said, none after that before the next cause."""
    follows = Follows(
        STATUS, SYNC, timedelta(minutes=latest), timedelta(minutes=soonest), then_never=is_once, per="all"
    )
    place = {id(event): (event.at, event.number) for event in events}
    causes = sorted((e for e in events if e.name == "SyncProxy"), key=lambda e: place[id(e)])
    found = sorted((e for e in events if e.name == "SyncProxyStatus"), key=lambda e: place[id(e)])
    expected = True
    for at, cause in enumerate(causes):
        later = [e for e in found if place[id(e)] > place[id(cause)]]
        hits = [e for e in later if follows.not_before <= e.at - cause.at <= follows.within]
        expected &= bool(hits)
        if hits and is_once:
            end = place[id(causes[at + 1])] if at + 1 < len(causes) else None
            expected &= not [
                e for e in later if place[id(e)] > place[id(hits[0])] and (end is None or place[id(e)] <= end)
            ]
    assert verdict(events, follows).passed == expected


MATCHERS = st.builds(
    Matcher, st.sampled_from(["SyncProxy", "TurnOn"]), st.none() | st.just("p"), st.none() | st.just("A"),
    st.none() | st.just("any"),
)  # fmt: skip
SPANS = st.timedeltas(timedelta(0), timedelta(days=99)).map(lambda span: timedelta(seconds=int(span.total_seconds())))
PERS = st.sampled_from(["client", "device", "all"])
COUNTS = st.integers(0, 99)
EXPECTATIONS = st.one_of(
    st.builds(Order, st.lists(MATCHERS, min_size=1, max_size=3).map(tuple), PERS),
    st.builds(Count, MATCHERS, COUNTS, st.none() | COUNTS, PERS),
    st.builds(Rate, MATCHERS, COUNTS, SPANS, PERS),
    st.builds(Interval, MATCHERS, SPANS, SPANS, PERS),
    st.builds(Follows, MATCHERS, MATCHERS, SPANS, SPANS, st.booleans(), PERS),
)


@given(EXPECTATIONS)
def test_an_expectation_crosses_as_plain_values(expectation: Expectation) -> None:
    """Written and read again it is the same."""
    assert expectation_of(document_of(expectation)) == expectation


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "kind: one of order"),
        ({"kind": "maybe"}, "kind: one of order"),
        ({"kind": "count", "at_least": 1}, "message: count has to have it"),
        ({"kind": "count", "message": {"name": "SyncProxy"}}, "at_least, at_most or both"),
        ({"kind": "count", "message": {"name": "SyncProxy"}, "at_least": -1}, "at_least: a whole number"),
        ({"kind": "count", "message": {"name": "SyncProxy"}, "at_least": True}, "at_least: a whole number"),
        ({"kind": "count", "message": {"name": ""}, "at_least": 1}, "message: an object with a name"),
        ({"kind": "count", "message": {"name": "x", "colour": "red"}, "at_least": 1}, "message.colour: texts under"),
        ({"kind": "count", "message": {"name": "x"}, "at_least": 1, "colour": 1}, "colour: count has no such key"),
        ({"kind": "order", "messages": []}, "messages: a list"),
        ({"kind": "rate", "message": {"name": "x"}, "at_most": 1, "within_seconds": 1.5}, "within_seconds: a whole"),
        (
            {"kind": "follows", "message": {"name": "x"}, "after": {"name": "y"}},
            "within_seconds: follows has to have it",
        ),
        ({"kind": "interval", "message": {"name": "x"}, "at_least_seconds": 1}, "at_most_seconds: interval has to"),
        ({"kind": "order", "messages": [{"name": "x"}], "per": "person"}, "per: one of client"),
    ],
)
def test_what_is_no_expectation_is_told_by_its_key(document: dict[str, Any], said: str) -> None:
    """With what it should be."""
    with pytest.raises(VerificationError, match=said):
        expectation_of(document)
