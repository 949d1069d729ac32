"""Judge events by expectations, client by client or device by device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.verification.verdicts import Miss, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from esolutions_server.domain.verification.events import Event
    from esolutions_server.domain.verification.follows import Expectation

__all__ = ["verify"]


def verify(events: Iterable[Event], expectations: Sequence[Expectation], now: datetime) -> list[Verdict]:
    """Judge events by each expectation.

    Args:
        events: in any order; each is judged at its time, and those of one time by their exchange.
        expectations: what should be true of them.
        now: until when events are known: what may still come in time is no miss.
    """
    ordered = sorted(events, key=lambda event: (event.at, event.number))
    return [_judge(ordered, expectation, now) for expectation in expectations]


def _judge(events: list[Event], expectation: Expectation, now: datetime) -> Verdict:
    misses: list[Miss] = []
    pending: list[str] = []
    for of, own in _grouped(events, expectation):
        found, late = expectation.judge(of, own, now)
        misses += found
        pending += late
    return Verdict(str(expectation), tuple(misses), tuple(pending))


def _grouped(events: list[Event], expectation: Expectation) -> list[tuple[str, list[Event]]]:
    """Return the events by what the expectation is about, each under its name."""
    if expectation.per == "all":
        return [("", events)]
    groups: dict[str, list[Event]] = {}
    for event in events:
        names = event.serials if expectation.per == "device" else {event.proxy_id} - {None}
        for name in names:
            groups.setdefault(str(name), []).append(event)
    # What shall come from a sender has to have one.
    return sorted(groups.items()) or [("", [])]
