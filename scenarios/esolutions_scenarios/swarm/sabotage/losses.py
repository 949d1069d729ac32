"""Sabotages of the ways back from a lost or restored server.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from esolutions_client.errors import CredentialError
from esolutions_client.service.exchanges.delivery.attempts import Attempts
from esolutions_client.service.exchanges.delivery.offering import Offers
from esolutions_client.service.exchanges.registration.reregistration import Reregistration
from esolutions_client.service.identity import new_guid
from esolutions_client.store.outbox import Outbox
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage, nothing

__all__ = ["SABOTAGES"]

_record_failure = Attempts._record_failure  # noqa: SLF001 - the sabotage stands around it


def offer_under_new_id(outbox: Outbox, message_id: str, body: str) -> None:
    """Offer a message again as if it were another one."""
    newest = outbox.sent(1)[0].sent_id
    new_id = UUID(bytes=hashlib.sha256(f"{message_id} {newest}".encode()).digest()[:16])
    outbox._connection.execute(  # noqa: SLF001
        "INSERT INTO outbox (message_id, operation, composed_at, body, state)"
        " SELECT ?, operation, composed_at, ?, 'waiting' FROM outbox WHERE message_id = ?",
        (str(new_id), body, message_id),
    )


def without_periods(_offers: Any, transaction: Any, _refused: Any) -> Any:
    """Offer readings again without saying what they were for."""
    return transaction


def register_at_a_fault(attempts: Attempts, sent_id: int, operation: str, error: Any) -> None:
    """Send the registration, secret and all, to where it is said that the client is not known."""
    _record_failure(attempts, sent_id, operation, error)
    outbox = attempts._store.outbox  # noqa: SLF001
    is_waiting = any(each.operation == "RegisterProxy" for each in outbox.all_waiting())
    if isinstance(error, CredentialError) and not is_waiting:
        query = "SELECT body FROM outbox WHERE operation = 'RegisterProxy' ORDER BY position DESC LIMIT 1"
        (body,) = outbox._connection.execute(query).fetchone()  # noqa: SLF001
        message_id = new_guid(attempts._identity._rng)  # noqa: SLF001
        outbox.put(message_id, "RegisterProxy", attempts._now(), body, goes_first=True)  # noqa: SLF001


SABOTAGES: dict[str, Sabotage] = {
    "offered-under-new-ids": Sabotage(
        "what is offered to a restored server has new message ids",
        "no_message_counts_twice",
        (Place(Outbox, "offer", offer_under_new_id),),
    ),
    "offered-without-periods": Sabotage(
        "a restored server is not told what the readings it is offered were for",
        "every_period_is_billed_as_acknowledged",
        (Place(Offers, "_as_it_was_billed", without_periods),),
    ),
    "opened-anew": Sabotage(
        "a lost server gets new opening readings, not those that were acknowledged last",
        "what_is_acknowledged_is_there",
        (Place(Reregistration, "_acknowledged", nothing),),
    ),
    "restore-unnoticed": Sabotage(
        "the client does not listen when a restored server says what it has forgotten",
        "every_period_is_billed_as_acknowledged",
        (Place(Offers, "take_up", nothing),),
    ),
    "secret-follows-fault": Sabotage(
        "the client registers again by itself where it is said that nobody knows it",
        "the_secret_is_not_fetched",
        (Place(Attempts, "_record_failure", register_at_a_fault),),
    ),
}
