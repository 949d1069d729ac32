"""Sabotage: each one switches off one safety mechanism, to prove that the swarm would notice.

A mechanism that can be switched off without anybody noticing protects nothing.
Each sabotage replaces one function or method of the product while its block
runs, and puts it back.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from esolutions_scenarios.swarm import undone

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SABOTAGES", "SabotageError", "sabotage"]

_CLIENT = "esolutions_client"
_SERVER = "esolutions_server"

# Name: the replacements, each the place of a mechanism and what stands there instead.
SABOTAGES: dict[str, tuple[tuple[str, Any], ...]] = {
    "no-idempotency": (
        (f"{_SERVER}.store.exchanges.first_answer", undone.no_first_answer),
        (f"{_SERVER}.store.exchanges.keep_answer", undone.nothing),
    ),
    "outbox-not-durable": ((f"{_CLIENT}.service.identity.Identity.begin_instance", undone.forget_outbox),),
    "replay-check-off": ((f"{_SERVER}.store.exchanges.keep_nonce", undone.always_true),),
    "freshness-off": ((f"{_SERVER}.service.communication.check_freshness", undone.nothing),),
    "digest-not-verified": ((f"{_SERVER}.service.communication.check_proof", undone.signature_only),),
    "signature-not-verified": (
        (f"{_SERVER}.service.communication.check_proof", undone.digest_only),
        (f"{_SERVER}.soap.security.read_signature", undone.body_unchecked),
    ),
    "answer-not-verified": ((f"{_CLIENT}.wire.codec.verify", undone.accept_signature),),
    "monotonic-guard-off": (
        (f"{_CLIENT}.service.polling.movement", undone.always_forward),
        (f"{_CLIENT}.service.billing.outside_bounds", undone.never_doubtful),
        (f"{_SERVER}.service.billing._verdict", undone.always_credible),
    ),
    "stale-reading-accepted": (
        (f"{_CLIENT}.service.billing._is_young_enough", undone.always_young),
        (f"{_SERVER}.service.answers._is_timely", undone.always_timely),
    ),
    "serial-not-checked": ((f"{_CLIENT}.snmp.layout.Layout.poll", undone.poll_whoever_answers),),
    "privacy-filter-off": ((f"{_CLIENT}.service.billing._supplies", undone.name_supplies_by_host),),
    "disable-ignored": ((f"{_CLIENT}.service.identity.Identity.is_enabled", undone.ALWAYS_ENABLED),),
    "month-end-rule-off": ((f"{_SERVER}.domain.billing_cycle.monthrange", undone.thirty_days_each),),
    "retry-drops": ((f"{_CLIENT}.service.delivery.Delivery._record_failure", undone.drop_on_failure),),
    "activation-repeated": ((f"{_SERVER}.service.answers.take_statuses", undone.lose_statuses),),
    "size-accounting-off": ((f"{_CLIENT}.wire.codec.security_header", undone.padded_header),),
    "receipt-before-commit": (
        (f"{_SERVER}.service.communication.CommunicationServer._conduct", undone.answer_before_commit),
    ),
}


class SabotageError(ValueError):
    """There is no such sabotage."""


@contextmanager
def sabotage(name: str) -> Iterator[None]:
    """Switch one mechanism off until the block ends.

    Raises:
        SabotageError: there is none of that name; the text lists those that are.
    """
    if name not in SABOTAGES:
        raise SabotageError(f"there is no sabotage {name!r}; there are: {', '.join(sorted(SABOTAGES))}")
    with ExitStack() as stack:
        for place, instead in SABOTAGES[name]:
            stack.enter_context(patch(place, instead))
        yield
