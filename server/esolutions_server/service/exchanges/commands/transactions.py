"""Know a billing transaction when it comes again: one id stands for one content, whatever message carries it.

The same content under another message id is judged like any other: each request that it answers was answered so
before. Another content under the same id is a contradiction, and nothing of it is taken.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.messages import SubmitBillingTransaction
from esolutions_server.store.repositories.exchanges import idempotency

if TYPE_CHECKING:
    from esolutions_server.service.messages import DeviceReading, Request
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import ProxyRecord

__all__ = ["check_content", "identity_of"]


def check_content(work: UnitOfWork, proxy: ProxyRecord, request: SubmitBillingTransaction) -> None:
    """Compare a transaction with what came under its id before.

    Raises:
        RefusalError: that was something else.
    """
    before = idempotency.transaction_content(work.connection, proxy.id, request.transaction_id)
    if before is not None and before != _content_of(request):
        reason = f"the transaction {request.transaction_id} came before with other content"
        raise RefusalError(FaultCode.CLIENT, reason)


def identity_of(request: Request) -> dict[str, object]:
    """Return what a transaction is known again by, as columns of `messages`; nothing in them for another message.

    Bounded by the two columns.
    """
    if not isinstance(request, SubmitBillingTransaction):
        return {"transaction_id": None, "content": None}
    return {"transaction_id": request.transaction_id, "content": _content_of(request)}


def _content_of(request: SubmitBillingTransaction) -> bytes:
    """Return a digest of what a transaction says."""
    rows = [_row(device) for device in request.devices]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).digest()


def _row(device: DeviceReading) -> list[object]:
    return [
        device.serial,
        device.command_id,
        device.read_at,
        device.meters,
        device.supplies,
        device.period_end,
        device.state,
    ]
