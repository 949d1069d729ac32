"""What stands in the place of the ways back from a lost or restored server while they are sabotaged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from esolutions_client.errors import CredentialError
from esolutions_client.service.exchanges.delivery import Delivery
from esolutions_client.service.identity import new_guid
from esolutions_client.wire.json_codec import load

if TYPE_CHECKING:
    from esolutions_client.store.outbox import Outbox

_record_failure = Delivery._record_failure  # noqa: SLF001 - the sabotage stands around it


def register_at_a_fault(delivery: Delivery, sent_id: int, operation: str, error: Any) -> None:
    """Send the registration, secret and all, to whoever says that the client is not known."""
    _record_failure(delivery, sent_id, operation, error)
    outbox = delivery._store.outbox  # noqa: SLF001
    is_waiting = any(each.operation == "RegisterProxy" for each in outbox.all_waiting())
    if isinstance(error, CredentialError) and not is_waiting:
        query = "SELECT body FROM outbox WHERE operation = 'RegisterProxy' ORDER BY position DESC LIMIT 1"
        (body,) = outbox._connection.execute(query).fetchone()  # noqa: SLF001
        message_id = new_guid(delivery._identity._rng)  # noqa: SLF001
        delivery.queue_acknowledged(message_id, load("RegisterProxy", body), goes_first=True)


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
