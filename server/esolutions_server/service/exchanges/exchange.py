"""What comes with a message, and what the journal says of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from esolutions_server.domain.concealment import conceal
from esolutions_server.store.repositories.records import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from esolutions_server.domain.changes import Change
    from esolutions_server.service.errors import RefusalError
    from esolutions_server.service.exchanges.operation import Operation
    from esolutions_server.service.exchanges.proxies.credentials import Credentials
    from esolutions_server.service.messages import Request, Response

__all__ = ["Exchange", "ExchangeOutcome", "RefusedExchange", "Renderer", "accepted_entry", "refused_entry"]

LONGEST_NOTE = 500


class ExchangeOutcome(StrEnum):
    """How a message ended that got a response; one that got a fault has the fault's code in the journal."""

    RECEIPT = "receipt"
    REPEATED = "repeated"
    # No message came: a person of a testbed let the server act as if this one had.
    BY_HAND = "by hand"


class Renderer(Protocol):
    """Writes responses."""

    def payload(self, response: Response) -> bytes:
        """Write the content of a response; this is what is kept for repetitions."""

    def envelope(self, payload: bytes, secret: str, now: datetime) -> bytes:
        """Put a content into a signed envelope: the bytes that cross the wire."""


@dataclass(slots=True)
class Exchange:
    """What came with a request: its credentials, its size in bytes, and who writes the response.

    `sender` is the proxy that has proven to have sent it, None until then; `number` is that of its row in the journal,
    None until then; `changes` is what became different at the server, where that is observed.
    """

    credentials: Credentials
    bytes_in: int
    renderer: Renderer
    sender: str | None = None
    number: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedExchange:
    """A message that got a fault, as far as it was understood.

    `username` is what it calls itself, `sender` the proxy that has proven to have sent it.
    """

    refusal: RefusalError
    bytes_in: int
    bytes_out: int
    operation: Operation[Any, Any] | None = None
    username: str | None = None
    sender: str | None = None
    request: Request | None = None


def accepted_entry(
    operation: Operation[Any, Any],
    request: Request,
    now: datetime,
    proxy_id: str,
    outcome: ExchangeOutcome,
    notes: Iterable[str],
    *,
    sizes: tuple[int, int],
    devices_out: int,
) -> JournalEntry:
    """Describe an exchange that was answered; `sizes` are the bytes in and out."""
    devices_in = len(getattr(request, "devices", ()))
    published_out = operation.response_size
    return JournalEntry(
        moment=now,
        operation=operation.name,
        proxy_id=proxy_id,
        message_id=request.header.message_id,
        attempt=request.header.attempt,
        devices_in=devices_in,
        devices_out=devices_out,
        bytes_in=sizes[0],
        bytes_out=sizes[1],
        published_in=operation.request_size.bytes_for(devices_in),
        published_out=published_out.bytes_for(devices_out) if published_out else None,
        outcome=outcome.value,
        note="; ".join(notes)[:LONGEST_NOTE],
        waited=_waited(request, now),
    )


def refused_entry(
    refused: RefusedExchange, now: datetime, *, in_the_name_of: str | None, secret: str | None
) -> JournalEntry:
    """Describe an exchange that ended in a fault; a stranger's belongs to no proxy, whatever name it uses.

    `secret` is that of the proxy whose name it uses: a reason may quote what was sent, and shows no secret.
    """
    request = refused.request
    note = conceal(refused.refusal.reason, () if secret is None else (secret,))
    if refused.sender is None and in_the_name_of is not None:
        note = f"{note} (in the name of {in_the_name_of})"
    operation = refused.operation
    devices_in = len(getattr(request, "devices", ()))
    return JournalEntry(
        moment=now,
        operation=operation.name if operation else None,
        proxy_id=refused.sender,
        message_id=request.header.message_id if request else None,
        attempt=request.header.attempt if request else None,
        devices_in=devices_in,
        devices_out=0,
        bytes_in=refused.bytes_in,
        bytes_out=refused.bytes_out,
        published_in=operation.request_size.bytes_for(devices_in) if operation and request else None,
        published_out=None,
        outcome=refused.refusal.code.value,
        note=note[:LONGEST_NOTE],
        waited=_waited(request, now) if request else None,
    )


def _waited(request: Request, now: datetime) -> int:
    """Return for how many seconds a message waited since it was composed; less than none by a clock that is ahead."""
    return int((now - request.header.composed_at).total_seconds())
