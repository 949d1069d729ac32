"""Note every exchange of a client: who said what, and whether it needs a person's attention."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from esolutions_scenarios.report.content import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.report.observing.envelopes import Envelopes
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["observe_exchanges"]

_ACTION = re.compile(rb"Action>(TurnOn|Report)<")
_FAULT = re.compile(rb"faultstring[^>]*>([^<]*)<")
_WORDS = {b"TurnOn": ("activation", "activations"), b"Report": ("billing request", "billing requests")}
_ROUTINE = "SyncProxy"


def observe_exchanges(testbed: Testbed, envelopes: Envelopes) -> tuple[Exchange, ...]:
    """Return every exchange of every machine, by time and then in the order they were sent."""
    rows = [
        (row.sent_at, order, row.sent_id, machine.name, row)
        for order, machine in enumerate(testbed.machines)
        for row in machine.store.outbox.sent()
    ]
    numbers = count(1)
    return tuple(_exchange(next(numbers), name, row, envelopes) for *_, name, row in sorted(rows, key=lambda r: r[:3]))


def _exchange(number: int, machine: str, row: SentRow, envelopes: Envelopes) -> Exchange:
    outcome, _, reason = (row.outcome or "unknown: this client never saw an answer").partition(":")
    response = row.response or b""
    carries = ", ".join(_carried(response))
    is_acknowledged = outcome == "acknowledged"
    return Exchange(
        number=number,
        machine=machine,
        at=row.sent_at,
        operation=row.operation,
        attempt=row.attempt,
        outcome=outcome,
        reason=reason.strip(),
        carries=carries,
        is_acknowledged=is_acknowledged,
        is_routine=is_acknowledged and row.operation == _ROUTINE and row.attempt == 1 and not carries,
        request=envelopes.show(row.body),
        response=envelopes.show(response) if response else None,
    )


def _carried(response: bytes) -> Iterator[str]:
    """Yield what an answer brings beside its receipt."""
    actions = _ACTION.findall(response)
    for action, (one, several) in _WORDS.items():
        found = actions.count(action)
        if found:
            yield f"{found} {one if found == 1 else several}"
    fault = _FAULT.search(response)
    if fault:
        yield f"fault: {fault.group(1).decode(errors='backslashreplace')}"
