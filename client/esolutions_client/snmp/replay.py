"""Answer conversations from a recorded walk, as an obliging agent with exactly these rows would.

It opens no socket, and the target of a task is not looked at: every printer is the recorded one.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, TypeVar

from esolutions_client.snmp.errors import SnmpError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get, GetBulk, Reply, Request, Value, Varbind, run
from esolutions_client.snmp.queries import oid_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esolutions_client.snmp.ports import Target

__all__ = ["ReplayPort"]

T = TypeVar("T")


class ReplayPort:
    """A port behind which every printer is the one recorded: a mapping of OID to value."""

    def __init__(self, walk: Mapping[str, Value]) -> None:
        self._rows = dict(walk)
        self._oids = sorted(walk, key=oid_key)
        self._keys = [oid_key(oid) for oid in self._oids]

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run each conversation to its end, one batch each."""
        for index, (_, conversation) in enumerate(tasks):
            yield [(index, self._finish(conversation))]

    def answer(self, request: Request) -> Reply:
        """Answer one request from the recording."""
        if isinstance(request, Get):
            return [self._rows.get(oid) for oid in request.oids]
        if isinstance(request, GetBulk):
            return self._following(request.oid, request.max_repetitions)
        return [self._following(oid, 1)[0] for oid in request.oids]

    def _following(self, oid: str, count: int) -> list[Varbind]:
        begin = bisect_right(self._keys, oid_key(oid))
        rows: list[Varbind] = [(name, self._rows[name]) for name in self._oids[begin : begin + count]]
        return rows if len(rows) == count else [*rows, (oid, None)]

    def _finish(self, conversation: Conversation[T]) -> T | SnmpError:
        try:
            return run(conversation, self.answer)
        except SnmpError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the port's promise: no foreign error passes
            return UnusableReplyError(f"the recording could not be read: {error!r}")
