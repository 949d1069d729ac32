"""Deliver messages so that nothing is lost and nothing counts twice.

The bytes of an attempt are committed to the archive before the first one is
sent; the receipt and what follows from it are committed together. A process
killed anywhere in between leaves a message that is sent again under the same
message id, which the server knows to be the same.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from esolutions_client.errors import ClockError, DeliveryError, RejectedError
from esolutions_client.wire.codec import operation_of
from esolutions_client.wire.messages import Envelope
from esolutions_client.wire.stored import dump, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from esolutions_client.planning.schedule import Plan
    from esolutions_client.service.identity import Identity
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Answer, Request
    from esolutions_client.wire.server import Delivered, Server

__all__ = ["Delivery", "Effect"]

# What follows from an answer, inside the transaction that commits it.
Effect = "Callable[[Request, Answer], None]"

_LOG = logging.getLogger(__name__)
_WITH_READINGS = frozenset({"RegisterProxyDevices", "SubmitBillingTransaction"})


class Delivery:
    """Sends waiting messages in order, and single requests that need no queue."""

    def __init__(
        self, store: Store, server: Server, identity: Identity, plan: Plan, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._server = server
        self._identity = identity
        self._plan = plan
        self._now = now

    def queue(self, message_id: str, request: Request) -> None:
        """Put a message into the outbox; the caller's transaction commits it."""
        self._store.outbox.put(message_id, operation_of(request), self._now(), dump(request))

    def flush(self, effects: Mapping[str, Callable[[Request, Answer], None]]) -> int:
        """Deliver every waiting message and return how many there were.

        Args:
            effects: by operation, what follows from its receipt.

        Raises:
            UnreachableError, ProtocolError: the rest must wait; nothing is lost.
        """
        delivered = 0
        while (waiting := self._store.outbox.first()) is not None:
            request = load(waiting.operation, waiting.body)
            try:
                self._attempt(
                    waiting.message_id,
                    request,
                    attempt=waiting.attempts + 1,
                    composed_at=waiting.composed_at,
                    effect=effects.get(waiting.operation),
                )
            except RejectedError as error:
                self._give_up(waiting.message_id, request, error, effects)
            except ClockError as error:
                self._give_up_readings(error, effects)
                raise
            delivered += 1
        return delivered

    def ask(self, message_id: str, request: Request, effect: Callable[[Request, Answer], None]) -> Answer:
        """Send a request that waits for nothing else, such as a sync, and commit what follows from its answer.

        Raises:
            DeliveryError: there was no usable answer; the next sync asks anew.
        """
        return self._attempt(message_id, request, attempt=1, composed_at=self._now(), effect=effect)

    def _attempt(
        self,
        message_id: str,
        request: Request,
        *,
        attempt: int,
        composed_at: datetime,
        effect: Callable[[Request, Answer], None] | None,
    ) -> Answer:
        self._identity.require_enabled()
        sent_id, delivered = self._exchange(message_id, request, attempt, composed_at)
        answer = delivered.answer
        with self._store.transaction():
            self._store.outbox.end_attempt(sent_id, "acknowledged", delivered.body)
            self._store.outbox.acknowledge(message_id, answer.receipt_id)
            settings = self._store.settings
            settings.set("last_receipt_id", answer.receipt_id)
            settings.set("failures", None)
            settings.set("last_result", "acknowledged")
            settings.set_moment("last_contact_at", self._now())
            if effect is not None:
                effect(request, answer)
        return answer

    def _exchange(
        self, message_id: str, request: Request, attempt: int, composed_at: datetime
    ) -> tuple[int, Delivered]:
        credentials = self._identity.credentials()
        made = self._server.compose(self._envelope(message_id, attempt, composed_at), request, credentials)
        with self._store.transaction():
            sent_id = self._store.outbox.begin_attempt(message_id, made.operation, attempt, self._now(), made.body)
        try:
            return sent_id, self._server.deliver(made, credentials)
        except DeliveryError as error:
            self._record_failure(sent_id, made.operation, error)
            raise

    def _envelope(self, message_id: str, attempt: int, composed_at: datetime) -> Envelope:
        settings = self._store.settings
        return Envelope(
            message_id=message_id,
            composed_at=composed_at,
            instance_id=self._identity.instance_id,
            next_contact_at=self._plan.next_sync_at(self._now()),
            attempt=attempt,
            last_receipt_id=settings.get("last_receipt_id"),
        )

    def _record_failure(self, sent_id: int, operation: str, error: DeliveryError) -> None:
        """Keep what went wrong and count it, so that the next attempt waits longer; tell people once."""
        with self._store.transaction():
            settings = self._store.settings
            self._store.outbox.end_attempt(sent_id, f"{type(error).__name__}: {error}", None)
            settings.set_moment("last_failure_at", self._now())
            settings.set("last_result", str(error))
            if settings.add("failures") == 1:
                self._store.note(self._now(), "delivery", f"{operation}: {error}")
                _LOG.warning("%s was not delivered: %s", operation, error)

    def _give_up_readings(self, error: ClockError, effects: Mapping[str, Callable[[Request, Answer], None]]) -> None:
        """Give up every message with readings: they bear the date of a clock that is wrong, for ever.

        Billing requests are answered anew, and a person registers anew.
        """
        for waiting in self._store.outbox.all_waiting():
            if waiting.operation in _WITH_READINGS:
                self._give_up(waiting.message_id, load(waiting.operation, waiting.body), error, effects)

    def _give_up(
        self,
        message_id: str,
        request: Request,
        error: DeliveryError,
        effects: Mapping[str, Callable[[Request, Answer], None]],
    ) -> None:
        """Take a message out of the queue that the server will never take, and undo what waited for it."""
        with self._store.transaction():
            self._store.outbox.reject(message_id)
            self._store.note(self._now(), "rejected", f"{operation_of(request)} {message_id}: {error}")
            undo = effects.get(f"{operation_of(request)}:rejected")
            if undo is not None:
                undo(request, None)  # type: ignore[arg-type]
        _LOG.error("%s was refused by the server: %s", operation_of(request), error)
