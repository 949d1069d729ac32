"""The three questions a conversation asks, and what it is sent back.

A conversation is a generator. It yields a request, and its runner either sends the reply:

* for `Get` a list of values in the order of the OIDs,
* for `GetNext` and `GetBulk` a list of (OID, value) pairs,

or throws one of `esolutions_client.snmp.errors` into it: `TooBigError` and `AgentError` are often handled inside,
`SilentError` hardly ever. What it returns is the result. Values are `int` (INTEGER, counters, gauges, ticks), `bytes`
(OCTET STRING, IpAddress), `str` (an OBJECT IDENTIFIER, dotted), `Unreadable` (the row is there, its value is of no use)
or None (no such object, no such instance, end of MIB: there is no row).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from esolutions_client.snmp.errors import SnmpError

__all__ = ["Conversation", "Get", "GetBulk", "GetNext", "Reply", "Request", "Unreadable", "Value", "Varbind", "run"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The value of a row that is there and cannot be used: NULL, an unknown type, or not encoded as RFC 3417 says."""

    reason: str


Value: TypeAlias = int | bytes | str | Unreadable | None
Varbind: TypeAlias = tuple[str, Value]
Reply: TypeAlias = list[Value] | list[Varbind]


@dataclass(frozen=True, slots=True)
class Get:
    """Ask for the values of exactly these OIDs."""

    oids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetNext:
    """Ask for the first OID after each of these, with its value."""

    oids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetBulk:
    """Ask for up to `max_repetitions` OIDs after this one; SNMP v1 has no such request."""

    oid: str
    max_repetitions: int


Request: TypeAlias = Get | GetNext | GetBulk
Conversation: TypeAlias = Generator[Request, Reply, T]


def run(conversation: Conversation[T], ask: Callable[[Request], Reply]) -> T:
    """Run a conversation to its end against a function that answers at once or raises an `SnmpError`."""
    try:
        request = next(conversation)
        while True:
            try:
                reply = ask(request)
            except SnmpError as error:
                request = conversation.throw(error)
            else:
                request = conversation.send(reply)
    except StopIteration as finished:
        result: T = finished.value
        return result
