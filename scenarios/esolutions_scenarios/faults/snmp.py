"""Faults between the client and its printers.

A fault is called with the target, the request and its answer, and gives the
answer that the client sees, or raises what the SNMP port would raise. One that
loses the request says so with `loses_request`, and the printer is not asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from esolutions_client.snmp.errors import SilentError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, Unreadable, Value

if TYPE_CHECKING:
    from esolutions_client.snmp.pdus import Reply, Request, Varbind
    from esolutions_client.snmp.ports import Target

__all__ = [
    "Delay",
    "Drop",
    "Duplicate",
    "EndlessWalk",
    "Garbage",
    "NullRow",
    "Reorder",
    "SnmpFault",
    "TooBig",
    "Truncate",
    "WrongAddress",
]

_GARBAGE: Value = b"\xff\x00garbage"


class SnmpFault(Protocol):
    """Something that happens to one exchange with one printer."""

    @property
    def loses_request(self) -> bool:
        """Whether the printer never sees the request."""

    def __call__(self, target: Target, request: Request, reply: Reply | None, /) -> Reply:
        """Return the answer that the client sees; `answer` is None where the request was lost.

        Raises:
            SnmpError: the client sees none.
        """


@dataclass(frozen=True, slots=True)
class Drop:
    """Requests are lost."""

    loses_request: bool = True

    def __call__(self, target: Target, _request: Request, _answer: Reply | None) -> Reply:
        raise SilentError(f"{target.host}: no answer")


@dataclass(frozen=True, slots=True)
class Delay:
    """Answers come late: after the client's patience is over they are as good as lost."""

    seconds: float
    loses_request: bool = False

    def __call__(self, target: Target, _request: Request, reply: Reply | None) -> Reply:
        if self.seconds > target.timeout_seconds * (target.retries + 1):
            raise SilentError(f"{target.host}: no answer within {target.timeout_seconds} s")
        return cast("Reply", reply)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Answers come twice; the second one is of a request that is no longer open."""

    loses_request: bool = False

    def __call__(self, _target: Target, _request: Request, reply: Reply | None) -> Reply:
        return cast("Reply", reply)


@dataclass(frozen=True, slots=True)
class WrongAddress:
    """Answers come from another address than was asked, and are not taken."""

    loses_request: bool = False

    def __call__(self, target: Target, _request: Request, _answer: Reply | None) -> Reply:
        raise SilentError(f"{target.host}: no answer from this address")


@dataclass(frozen=True, slots=True)
class Reorder:
    """The variables of an answer are in another order, names and values together."""

    loses_request: bool = False

    def __call__(self, target: Target, request: Request, reply: Reply | None) -> Reply:
        if isinstance(request, Get):
            # The port compares names with what was asked.
            raise UnusableReplyError(f"{target.host}: answered other variables than it was asked for")
        return list(reversed(cast("list[Varbind]", reply)))


@dataclass(frozen=True, slots=True)
class Truncate:
    """The answer ends after `at` variables."""

    at: int = 1
    loses_request: bool = False

    def __call__(self, _target: Target, _request: Request, reply: Reply | None) -> Reply:
        return cast("Reply", cast("list[Value]", reply)[: self.at])


@dataclass(frozen=True, slots=True)
class Garbage:
    """The answer's values are of the wrong type."""

    loses_request: bool = False

    def __call__(self, _target: Target, request: Request, reply: Reply | None) -> Reply:
        if isinstance(request, Get):
            values: list[Value] = [_GARBAGE] * len(cast("list[Value]", reply))
            return values
        return [(oid, _GARBAGE) for oid, _ in cast("list[Varbind]", reply)]


@dataclass(frozen=True, slots=True)
class NullRow:
    """The rows below an OID are there, but hold NULL where a value should be."""

    oid: str
    loses_request: bool = False

    def __call__(self, _target: Target, request: Request, reply: Reply | None) -> Reply:
        if isinstance(request, Get):
            # Another fault may have cut the answer short before.
            values = cast("list[Value]", reply)
            return [self._shown(oid, value) for oid, value in zip(request.oids, values, strict=False)]
        return [(oid, self._shown(oid, value)) for oid, value in cast("list[Varbind]", reply)]

    def _shown(self, oid: str, value: Value) -> Value:
        is_below = f"{oid}.".startswith(f"{self.oid}.")
        return Unreadable("it holds NULL") if is_below and value is not None else value


@dataclass(frozen=True, slots=True)
class TooBig:
    """Every answer is too big for a datagram, unless it has one variable."""

    loses_request: bool = False

    def __call__(self, target: Target, _request: Request, reply: Reply | None) -> Reply:
        if reply is not None and len(reply) > 1:
            raise TooBigError(f"{target.host}: the answer would be too big")
        return cast("Reply", reply)


@dataclass(frozen=True, slots=True)
class EndlessWalk:
    """A walk is answered with the same variable again and again."""

    loses_request: bool = False

    def __call__(self, _target: Target, request: Request, reply: Reply | None) -> Reply:
        if isinstance(request, Get) or not reply:
            return cast("Reply", reply)
        first = cast("list[Varbind]", reply)[0]
        return [first for _ in reply]
