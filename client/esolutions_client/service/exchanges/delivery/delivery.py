"""Deliver messages so that nothing is lost and nothing counts twice.

A message waits in the outbox until its receipt is committed, or it is given up.
A process killed anywhere in between leaves a message that is sent again under
the same message id, which the server knows to be the same.

Readings are sent as long as the clock that dated them is the one that the
server judges now, or was confirmed by it. Others might bear a wrong date that
cannot be seen later: they are given up, and taken anew.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from esolutions_client.errors import ClockError, RejectedError
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.wire.codec import operation_of
from esolutions_client.wire.json_codec import dump, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.exchanges.delivery.attempts import Attempts
    from esolutions_client.store.outbox import WaitingMessage
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Request, Response

__all__ = ["Delivery"]

_LOG = logging.getLogger(__name__)
_WITH_READINGS = frozenset({"RegisterProxyDevices", "SubmitBillingTransaction"})


class Delivery:
    """Sends waiting messages in order, and single requests that need no queue."""

    def __init__(self, store: Store, attempts: Attempts, clock: ClockTrust) -> None:
        self._store = store
        self._attempts = attempts
        self._clock = clock
        self._now = clock.now

    def queue(self, message_id: str, request: Request, clock_origin: int | None = None) -> None:
        """Put a message into the outbox; the caller's transaction commits it.

        Args:
            message_id: what the server knows it by.
            request: the message.
            clock_origin: by which setting of the clock its readings were dated; that of now by default.
        """
        operation = operation_of(request)
        if operation not in _WITH_READINGS:
            clock_origin = None
        else:
            clock_origin = self._clock.origin() if clock_origin is None else clock_origin
            if self._clock.is_set_as(clock_origin) and self._clock.is_confirmed:
                clock_origin = None
        self._store.outbox.put(message_id, operation, self._now(), dump(request), clock_origin)

    def queue_acknowledged(self, message_id: str, request: Request, *, goes_first: bool = False) -> None:
        """Put a message into the outbox whose readings, if any, were acknowledged before: their dates were right."""
        self._store.outbox.put(message_id, operation_of(request), self._now(), dump(request), goes_first=goes_first)

    def flush(self, effects: Mapping[str, Effects]) -> int:
        """Empty the outbox; return how many messages have left it: acknowledged, rejected or given up.

        Args:
            effects: by operation, what follows from what becomes of it.

        Raises:
            UnreachableError, ProtocolError: the rest must wait; nothing is lost.
            TurnedOffError: communication is turned off, or was meanwhile; the rest must wait.
            StoreError: what became of a message could not be kept; it is sent again.
        """
        settled = 0
        while (waiting := self._store.outbox.first()) is not None:
            follows = effects.get(waiting.operation, Effects())
            if waiting.is_offered:
                # What followed from it has followed already.
                follows = Effects(follows.taken_again)
            if waiting.clock_origin is not None and not self._clock.is_set_as(waiting.clock_origin):
                self._give_up(waiting, "undated", "the clock was set, or the machine started, since", follows.undated)
                settled += 1
                continue
            try:
                self._attempts.send(
                    waiting.message_id,
                    self._load(waiting),
                    attempt=waiting.attempts + 1,
                    composed_at=waiting.composed_at,
                    effect=follows.acknowledged,
                    held_receipt_id=waiting.receipt_id,
                    is_offered=waiting.is_offered,
                )
            except RejectedError as error:
                if follows.is_kept is not None and follows.is_kept(self._load(waiting)):
                    raise
                self._give_up(waiting, "rejected", str(error), follows.rejected)
            except ClockError as error:
                self._give_up_readings(error, effects)
                raise
            settled += 1
        return settled

    def ask(self, message_id: str, request: Request, effect: Callable[[Request, Response], None]) -> Response:
        """Send a request that waits for nothing else, such as a sync, and commit what follows from its answer.

        Raises:
            DeliveryError: there was no usable answer; the next sync asks anew.
            TurnedOffError: communication is turned off, or was meanwhile.
            StoreError: the attempt or its answer could not be kept.
        """
        return self._attempts.send(message_id, request, attempt=1, composed_at=self._now(), effect=effect)

    def _give_up_readings(self, error: ClockError, effects: Mapping[str, Effects]) -> None:
        """Give up every message with readings that a wrong clock has dated, for ever."""
        for waiting in self._store.outbox.all_waiting():
            if waiting.clock_origin is not None:
                undo = effects.get(waiting.operation, Effects()).undated
                self._give_up(waiting, "undated", str(error), undo)

    def _give_up(self, waiting: WaitingMessage, kind: str, why: str, undo: Callable[[Request], None] | None) -> None:
        """Take a message out of the queue that will not be sent again, and undo what waited for it."""
        with self._store.transaction():
            self._store.outbox.reject(waiting.message_id)
            self._store.note(self._now(), kind, f"{waiting.operation} {waiting.message_id}: {why}")
            if undo is not None:
                undo(self._load(waiting))
        _LOG.error("%s is given up: %s", waiting.operation, why)

    def _load(self, waiting: WaitingMessage) -> Request:
        with self._store.outbox.decoding:
            return load(waiting.operation, waiting.body)
