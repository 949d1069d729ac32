"""Nothing counts twice: no message, no transaction, no activation."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["ACTIVATION_HAPPENS_ONCE", "NO_MESSAGE_COUNTS_TWICE"]


def _no_message_counts_twice(site: Site) -> Iterator[str]:
    acted = Counter(
        (entry.proxy_id, entry.message_id)
        for entry in site.testbed.administration.every.journal()
        if entry.outcome == "receipt"
    )
    for (_, message_id), count in acted.items():
        if count > 1:
            yield f"the server acted {count} times on the message {message_id}"
    transactions = _acknowledged_as(site, "SubmitBillingTransaction", rb"TransactionId>([^<]+)<")
    for transaction_id, messages in transactions.items():
        if len(messages) > 1:
            yield f"the transaction {transaction_id.decode()} was acknowledged as {len(messages)} messages"


def _activated_once(site: Site) -> Iterator[str]:
    """A device is told to turn on until its status has arrived, and never again."""
    told = _acknowledged_as(site, "SyncProxyStatus", rb"CommandId>([^<]+)<")
    for command_id, messages in told.items():
        if len(messages) > 1:
            yield f"the status of {command_id.decode()} was taken {len(messages)} times"
    turned: dict[str, set[str]] = {}
    for command in site.testbed.administration.every.commands():
        if str(command.action) == "TurnOn":
            turned.setdefault(command.serial, set()).add(command.id)
    for serial, ids in turned.items():
        if len(ids) > 1:
            yield f"{serial} was told {len(ids)} times to turn on"


def _acknowledged_as(site: Site, operation: str, pattern: bytes) -> dict[bytes, set[str]]:
    """Return under which message ids each thing was acknowledged: one message may be, again, by a restored server."""
    found: dict[bytes, set[str]] = {}
    for row in site.machine.store.outbox.sent():
        if row.operation == operation and row.outcome == "acknowledged":
            for name in re.findall(pattern, row.body):
                found.setdefault(name, set()).add(row.message_id)
    return found


NO_MESSAGE_COUNTS_TWICE = Invariant(
    "no_message_counts_twice",
    "of all attempts to deliver a message the server acted on one",
    at_end=_no_message_counts_twice,
)
ACTIVATION_HAPPENS_ONCE = Invariant(
    "activation_happens_once", "a device's status is taken once", at_end=_activated_once
)
