"""Send attempts of messages to the server, and keep what came of each.

The bytes of an attempt are committed to the archive before the first one is
sent; the receipt and what follows from it are committed together.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from esolutions_client.errors import ClockError, CredentialError, DeliveryError, TurnedOffError
from esolutions_client.service.exchanges.reasons import UNKNOWN
from esolutions_client.wire.messages import Envelope, ProxyRegistration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.identity import Identity
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Request, Response
    from esolutions_client.wire.soap_client import Delivered, Server

__all__ = ["Attempts"]

_LOG = logging.getLogger(__name__)


class Attempts:
    """Sends one message at a time, once; the store's archive and settings know what came of it."""

    def __init__(
        self,
        store: Store,
        server: Server,
        identity: Identity,
        schedule: Schedule,
        clock: ClockTrust,
        *,
        on_forgotten: Callable[[str], None],
    ) -> None:
        """Prepare; `on_forgotten` takes the last receipt that a restored server knows, in the answer's transaction."""
        self._store = store
        self._server = server
        self._identity = identity
        self._schedule = schedule
        self._clock = clock
        self._now = clock.now
        self._on_forgotten = on_forgotten

    def send(
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
        """Send an attempt of a message and commit its answer with what follows from it.

        Args:
            message_id: what the server knows the message by.
            request: the message.
            attempt: its number, from 1.
            composed_at: when the message was composed.
            effect: what follows from its being acknowledged, in the same transaction.
            held_receipt_id: the receipt that the message has, where it is offered again.
            is_offered: whether it is offered again to a server that was restored.

        Raises:
            DeliveryError: there was no usable answer; what went wrong is kept.
            TurnedOffError: communication is turned off, or was meanwhile.
            StoreError: the attempt or its answer could not be kept.
        """
        self._identity.require_enabled()
        sent_id, delivered = self._exchange(message_id, request, attempt, composed_at)
        response = delivered.response
        with self._store.transaction():
            # What forgets while it is offered something would be offered it without end; the next sync hears of it.
            if response.resume_after is not None and not is_offered:
                self._on_forgotten(response.resume_after)
            self._store.outbox.end_attempt(sent_id, "acknowledged", delivered.body, response.receipt_id)
            self._store.outbox.acknowledge(message_id, response.receipt_id)
            self._trust_the_clock()
            settings = self._store.settings
            self._hold_receipt(request, response, held_receipt_id)
            settings.unknown_since = None
            self._note_that_it_is_back()
            settings.failures = None
            settings.last_result = "acknowledged"
            if effect is not None:
                effect(request, response)
        return response

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
