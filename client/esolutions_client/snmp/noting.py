"""Note, while a conversation goes on, which rows a printer has whose values are of no use, and why.

It changes nothing about the conversation; telling a person is the caller's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.pdus import Get, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esolutions_client.snmp.pdus import Conversation, Reply, Request

__all__ = ["noting"]

T = TypeVar("T")


def noting(conversation: Conversation[T], notes: dict[str, str]) -> Conversation[T]:
    """Return the conversation; `notes` gets the reason of each unreadable value by its OID."""
    try:
        request = next(conversation)
        while True:
            try:
                reply = yield request
            except SnmpError as error:
                request = conversation.throw(error)
            else:
                notes.update(_unreadable(request, reply))
                request = conversation.send(reply)
    except StopIteration as finished:
        return finished.value  # type: ignore[no-any-return]
    finally:
        conversation.close()


def _unreadable(request: Request, reply: Reply) -> Iterable[tuple[str, str]]:
    pairs = zip(request.oids, reply, strict=False) if isinstance(request, Get) else reply
    # What an agent answers may be anything: it is the conversation that complains of it.
    for pair in pairs:
        if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Unreadable):
            yield str(pair[0]), pair[1].reason
