"""Deliver messages so that nothing is lost and nothing counts twice.

The bytes of an attempt are committed to the archive before the first one is
sent; the receipt and what follows from it are committed together. A process
killed anywhere in between leaves a message that is sent again under the same
message id, which the server knows to be the same.

Readings are sent as long as the clock that dated them is the one that the
server judges now, or was confirmed by it. Others might bear a wrong date that
cannot be seen later: they are given up, and taken anew.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from esolutions_client.errors import ClockError, CredentialError, DeliveryError, RejectedError, TurnedOffError
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.service.exchanges.reasons import UNKNOWN
from esolutions_client.wire.codec import operation_of
from esolutions_client.wire.json_codec import dump, load
from esolutions_client.wire.messages import Envelope, ProxyRegistration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.identity import Identity
    from esolutions_client.store.outbox import WaitingMessage
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Request, Response
    from esolutions_client.wire.soap_client import Delivered, Server

__all__ = ["Delivery"]

_LOG = logging.getLogger(__name__)
_WITH_READINGS = frozenset({"RegisterProxyDevices", "SubmitBillingTransaction"})


class Delivery:
    """Sends waiting messages in order, and single requests that need no queue."""

    def __init__(self, store: Store, server: Server, identity: Identity, schedule: Schedule, clock: ClockTrust) -> None:
        self._store = store
        self._server = server
        self._identity = identity
        self._schedule = schedule
        self._clock = clock
        self._now = clock.now
        # Called with the last receipt that a restored server knows this proxy to hold, in the receipt's transaction.
        self.on_forgotten: Callable[[str], None] | None = None

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
                self._attempt(
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
        return self._attempt(message_id, request, attempt=1, composed_at=self._now(), effect=effect)

    def _attempt(
        self,
        message_id: str,
        request: Request,
        *,
        attempt: int,
        composed_at: datetime,
        effect: Callable[[Request, Response], None] | None,
        held_receipt_id: str | None = None,
        is_offered: bool = False,
    ) -> Response:
        self._identity.require_enabled()
        sent_id, delivered = self._exchange(message_id, request, attempt, composed_at)
        response = delivered.response
        with self._store.transaction():
            # What forgets while it is offered something would be offered it without end; the next sync hears of it.
            if response.resume_after is not None and self.on_forgotten is not None and not is_offered:
                self.on_forgotten(response.resume_after)
            self._store.outbox.end_attempt(sent_id, "acknowledged", delivered.body, response.receipt_id)
            self._store.outbox.acknowledge(message_id, response.receipt_id)
            self._trust_the_clock()
            settings = self._store.settings
            self._hold_receipt(request, response, held_receipt_id)
            settings.unknown_since = None
            self._note_that_it_is_back()
            settings.failures = None
            settings.last_result = "acknowledged"
            settings.last_contact_at = self._now()
            if effect is not None:
                effect(request, response)
        return response

    def _load(self, waiting: WaitingMessage) -> Request:
        with self._store.outbox.decoding:
            return load(waiting.operation, waiting.body)

    def _hold_receipt(self, request: Request, response: Response, held: str | None) -> None:
        """Remember the newest receipt, by which a server that was restored is noticed.

        One that is held already is not the newest. Nor does that of a repeated registration stand for what the server
        acknowledged before: the registration names none.
        """
        settings = self._store.settings
        is_repeated = isinstance(request, ProxyRegistration) and settings.last_receipt_id is not None
        if response.receipt_id != held and not is_repeated:
            settings.last_receipt_id = response.receipt_id

    def _note_that_it_is_back(self) -> None:
        """Tell people, once, that the server was reached again."""
        failures = self._store.settings.failures
        if failures:
            text = f"the server is reached again, after {failures} failure{'s' if failures > 1 else ''}"
            self._store.note(self._now(), "reached", text)
            _LOG.info("%s", text)

    def _trust_the_clock(self) -> None:
        """The server has found the clock right, so everything that was dated by it may wait as long as it has to."""
        if self._clock.confirm():
            for waiting in self._store.outbox.all_waiting():
                if waiting.clock_origin is not None and self._clock.is_set_as(waiting.clock_origin):
                    self._store.outbox.trust(waiting.message_id)

    def _exchange(
        self, message_id: str, request: Request, attempt: int, composed_at: datetime
    ) -> tuple[int, Delivered]:
        credentials = self._identity.credentials()
        with self._store.outbox.decoding:
            # What was damaged may still be read, and yet be nothing that XML can carry.
            made = self._server.compose(self._envelope(message_id, attempt, composed_at), request, credentials)
        with self._store.transaction():
            sent_id = self._store.outbox.begin_attempt(message_id, made.operation, attempt, self._now(), made.body)
        try:
            return sent_id, self._server.deliver(made, credentials)
        except DeliveryError as error:
            self._record_failure(sent_id, made.operation, error)
            raise
        except TurnedOffError:
            # The server may have it or not; that is a failure of neither side.
            with self._store.transaction():
                self._store.outbox.end_attempt(sent_id, "broken off: communication was turned off", None)
            raise

    def _envelope(self, message_id: str, attempt: int, composed_at: datetime) -> Envelope:
        settings = self._store.settings
        return Envelope(
            message_id=message_id,
            composed_at=composed_at,
            instance_id=self._identity.instance_id,
            next_contact_at=self._schedule.next_sync_at(self._now()),
            attempt=attempt,
            last_receipt_id=settings.last_receipt_id,
        )

    def _record_failure(self, sent_id: int, operation: str, error: DeliveryError) -> None:
        """Keep what went wrong and count it, so that the next attempt waits longer; tell people once."""
        with self._store.transaction():
            settings = self._store.settings
            self._store.outbox.end_attempt(sent_id, f"{type(error).__name__}: {error}", None)
            if isinstance(error, ClockError):
                self._clock.refuse(str(error))
            if isinstance(error, CredentialError) and settings.unknown_since is None:
                settings.unknown_since = self._now()
                self._store.note(self._now(), "unknown", UNKNOWN)
                _LOG.error("%s", UNKNOWN)
            settings.last_failure_at = self._now()
            settings.last_result = str(error)
            failures = settings.failures + 1
            settings.failures = failures
            if failures == 1:
                settings.first_failure_at = self._now()
                self._store.note(self._now(), "delivery", f"{operation}: {error}")
                _LOG.warning("%s was not delivered: %s", operation, error)

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
