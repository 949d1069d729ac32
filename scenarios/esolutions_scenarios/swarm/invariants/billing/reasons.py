"""Every refusal has a reason: in the receipt, in the journal and in the list of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.observation.receipts import not_accepted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_REFUSAL_HAS_A_REASON"]


def _receipts_have_reasons(_site: Site, row: SentRow) -> Iterator[str]:
    if row.outcome != "acknowledged":
        return
    for serial, outcome, reason in not_accepted(row.response or b""):
        if not reason:
            yield f"{row.operation}: {serial} is {outcome} for no reason"


def _refusals_have_reasons(site: Site) -> Iterator[str]:
    administration = site.testbed.administration
    notes: dict[str, str] = {}
    for entry in administration.every.journal():
        if entry.outcome == "receipt" and entry.message_id is not None:
            notes[entry.message_id] = entry.note
    for row in _acknowledged(site, notes):
        for serial, outcome, reason in not_accepted(row.response or b""):
            if f"{serial} {outcome}: {reason}"[:40] not in notes.get(row.message_id, ""):
                yield f"the journal does not say why {serial} was {outcome}"
    for value in administration.every.not_billed():
        if not value.reason:
            yield f"{value.serial} {value.meter} is {value.outcome}: why?"


def _acknowledged(site: Site, remembered: Collection[str]) -> Iterator[SentRow]:
    """Yield what was acknowledged; of a server that has forgotten some of it, what it remembers, and how last."""
    seen: set[str] = set()
    for row in site.machine.store.outbox.sent():
        if row.outcome != "acknowledged" or not row.response:
            continue
        is_forgotten = row.message_id in seen or row.message_id not in remembered
        seen.add(row.message_id)
        if not (site.record.has_forgotten and is_forgotten):
            yield row


EVERY_REFUSAL_HAS_A_REASON = Invariant(
    "every_refusal_has_a_reason",
    "whatever was not accepted has its reason, in the receipt, in the journal and in the list of values",
    on_response=_receipts_have_reasons,
    at_end=_refusals_have_reasons,
)
