"""Every request: answered where the printer is there, withdrawn where it is gone, and meter for meter as ordered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.observation.receipts import not_accepted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = [
    "ANSWERS_ARE_WHAT_WAS_ORDERED",
    "EVERY_ORDERED_METER_IS_ANSWERED",
    "EVERY_REQUEST_IS_ANSWERED",
    "GONE_PRINTERS_ARE_NOT_ASKED",
]

# A request that is younger than this may still be on its way.
_SETTLES_WITHIN = timedelta(days=3)
# What the server says of a submission that is not what it ordered.
_NOT_AS_ORDERED = ("was ordered and is missing", "was not ordered", "comes twice")


def _requests_are_answered(site: Site) -> Iterator[str]:
    now = site.testbed.now
    reachable = {printer.serial_at(now) for printer in site.testbed.fleet}
    for request in site.testbed.administration.every.requests():
        is_old = request.read_not_before < now - _SETTLES_WITHIN
        if request.state == "open" and request.serial in reachable and is_old:
            yield f"{request.serial}: the request of {request.read_not_before} is still open"


def _gone_are_not_asked(site: Site) -> Iterator[str]:
    """No request to a printer that was carried away is open, whether its leaving was noted or not."""
    now = site.testbed.now
    there = {printer.serial_at(now) for printer in site.testbed.fleet}
    for request in site.testbed.administration.every.requests():
        is_old = request.issued_at < now - _SETTLES_WITHIN
        if request.state == "open" and request.serial not in there and is_old:
            yield f"{request.serial} is gone, and is asked for its meters since {request.issued_at}"


def _ordered_is_answered(site: Site) -> Iterator[str]:
    """A closed request has a row for each meter that it ordered, and no other."""
    administration = site.testbed.administration
    named: dict[str, list[str]] = {}
    for value in (*administration.every.bills(), *administration.every.not_billed()):
        named.setdefault(value.command_id, []).append(value.meter)
    for request in administration.every.requests():
        if request.state not in {"answered", "held", "rejected"}:
            continue
        ordered, answered = json.loads(request.ordered or "[]"), named.get(request.id, [])
        if sorted(ordered) != sorted(answered):
            odd = sorted(set(ordered) ^ set(answered))
            yield f"{request.serial}: {len(ordered)} ordered, {len(answered)} answered; not in both: {odd}"


def _as_ordered(_site: Site, row: SentRow) -> Iterator[str]:
    """No receipt says that a submission was not what was ordered."""
    if row.outcome != "acknowledged":
        return
    for serial, _, reason in not_accepted(row.response or b""):
        if any(words in reason for words in _NOT_AS_ORDERED):
            yield f"{serial}: {reason}"


EVERY_REQUEST_IS_ANSWERED = Invariant(
    "every_request_is_answered",
    "every open request to a printer that is there has its answer",
    at_end=_requests_are_answered,
)
GONE_PRINTERS_ARE_NOT_ASKED = Invariant(
    "gone_printers_are_not_asked",
    "no request to a printer that was carried away is still open",
    at_end=_gone_are_not_asked,
)
EVERY_ORDERED_METER_IS_ANSWERED = Invariant(
    "every_ordered_meter_is_answered",
    "a request that is closed has a row for each meter it ordered, with its value or without one, and for no other",
    at_end=_ordered_is_answered,
)
ANSWERS_ARE_WHAT_WAS_ORDERED = Invariant(
    "answers_are_what_was_ordered",
    "no answer is refused because it lacks a meter that was ordered, or has another",
    on_response=_as_ordered,
)
