"""Ask so that an answer comes: pieces of conversation every reader is built from.

Agents refuse a whole request for one missing row (v1), cannot fit an answer, know a row only when walked, or send the
same rows for ever. These pieces meet all of it with a smaller or another question; they do not interpret values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from esolutions_client.snmp.errors import NO_SUCH_NAME, AgentError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get, GetBulk, GetNext, Reply, Value, Varbind

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MOST_ROWS", "fetch", "get", "get_following", "oid_key", "predecessor", "varbinds", "walk"]

# No table that is read has anywhere near as many rows: an agent that sends more is walking in a circle of its own.
MOST_ROWS = 512

# RFC 2578: at most 128 arcs of 32 bits.
_OID = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10}){0,127}")


def oid_key(oid: str) -> tuple[int, ...]:
    """Return the arcs of a dotted OID, which order as agents order them.

    Raises:
        UnusableReplyError: this is no OID.
    """
    if _OID.fullmatch(oid) is None:
        raise UnusableReplyError(f"not an object identifier: {oid[:80]!r}")
    return tuple(map(int, oid.split(".")))


def predecessor(oid: str) -> str:
    """Return an OID that comes before this one with, in practice, nothing between: walking from it answers this one."""
    parent, _, last = oid.rpartition(".")
    return parent if last == "0" else f"{parent}.{int(last) - 1}"


def get(oids: tuple[str, ...]) -> Conversation[list[Value]]:
    """Return the values of these OIDs, None for each the agent does not have or refuses to tell.

    Raises:
        UnusableReplyError: the answer has more or fewer values than were asked for.
    """
    if not oids:
        return []
    try:
        reply = yield Get(oids)
    except TooBigError:
        return (yield from _in_halves(oids))
    except AgentError as refusal:
        return (yield from _without(oids, refusal.index))
    if len(reply) != len(oids):
        raise UnusableReplyError(f"asked for {len(oids)} values, got {len(reply)}")
    return cast("list[Value]", reply)


def _in_halves(oids: tuple[str, ...]) -> Conversation[list[Value]]:
    if len(oids) == 1:
        return [None]
    middle = len(oids) // 2
    first = yield from get(oids[:middle])
    second = yield from get(oids[middle:])
    return first + second


def _without(oids: tuple[str, ...], index: int) -> Conversation[list[Value]]:
    if not 1 <= index <= len(oids):
        # An agent that does not say which variable it dislikes: find out by halving.
        return (yield from _in_halves(oids))
    before, after = oids[: index - 1], oids[index:]
    values = yield from get(before + after)
    return [*values[: index - 1], None, *values[index - 1 :]]


def get_following(oids: tuple[str, ...]) -> Conversation[list[Value]]:
    """Return the values of these OIDs by walking to each of them, for agents where GET fails but a walk works.

    Raises:
        UnusableReplyError: the answer has more or fewer rows than were asked for.
    """
    values: list[Value] = []
    for begin in range(0, len(oids), 8):
        part = oids[begin : begin + 8]
        try:
            reply = yield GetNext(tuple(map(predecessor, part)))
        except (TooBigError, AgentError):
            values += yield from _following_one_by_one(part)
            continue
        found = list(varbinds(reply))
        if len(found) != len(part):
            raise UnusableReplyError(f"asked for {len(part)} successors, got {len(found)}")
        values += [value if name == oid else None for oid, (name, value) in zip(part, found, strict=True)]
    return values


def _following_one_by_one(oids: tuple[str, ...]) -> Conversation[list[Value]]:
    values: list[Value] = []
    for oid in oids:
        try:
            reply = yield GetNext((predecessor(oid),))
        except (TooBigError, AgentError):
            values.append(None)
        else:
            values.append(next((value for name, value in varbinds(reply) if name == oid), None))
    return values


def fetch(oids: tuple[str, ...]) -> Conversation[list[Value]]:
    """Return the values of these OIDs by GET, and those that GET does not have by walking to them."""
    values = yield from get(oids)
    missing = tuple(oid for oid, value in zip(oids, values, strict=True) if value is None)
    if not missing:
        return values
    found = iter((yield from get_following(missing)))
    return [next(found) if value is None else value for value in values]


def walk(
    root: str, *, version: str = "2c", rows_at_once: int = 16, most_rows: int = MOST_ROWS, is_whole: bool = False
) -> Conversation[dict[str, Value]]:
    """Return the rows below an OID, by what follows the OID, in the agent's order.

    Ends at the end of the subtree, at an OID that does not increase, and at `most_rows`. Asks for fewer rows at once
    when the answer does not fit, and row by row on agents of version 1 or without GETBULK.

    Raises:
        AgentError, TooBigError: the agent failed in the middle of a table that was asked for whole; without `is_whole`
            the rows before that are returned.
    """
    rows: dict[str, Value] = {}
    last, at_once = root, 1 if version == "1" else rows_at_once
    while len(rows) < most_rows:
        try:
            reply = yield GetBulk(last, at_once) if at_once > 1 else GetNext((last,))
        except (TooBigError, AgentError) as refusal:
            if at_once == 1:
                # In version 1, noSuchName is the end of everything.
                if is_whole and rows and getattr(refusal, "status", None) != NO_SUCH_NAME:
                    raise
                return rows
            at_once = at_once // 2 if isinstance(refusal, TooBigError) else 1
            continue
        fresh = _rows_below(root, last, reply)
        rows.update((oid[len(root) + 1 :], value) for oid, value in fresh)
        if len(fresh) < len(reply) or not reply:
            return rows
        last = fresh[-1][0]
    return rows


def _rows_below(root: str, last: str, reply: Reply) -> list[Varbind]:
    """Return the leading varbinds that lie below the root and come one after the other."""
    inside, key, fresh = root + ".", oid_key(last), list[Varbind]()
    for oid, value in varbinds(reply):
        if value is None or not oid.startswith(inside):
            break
        previous, key = key, oid_key(oid)
        if key <= previous:
            break
        fresh.append((oid, value))
    return fresh


def varbinds(reply: Reply) -> Iterable[Varbind]:
    """Return an answer as (OID, value) pairs.

    Raises:
        UnusableReplyError: it holds something else.
    """
    for pair in reply:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
            raise UnusableReplyError(f"not a variable and its value: {str(pair)[:80]}")
        yield pair
