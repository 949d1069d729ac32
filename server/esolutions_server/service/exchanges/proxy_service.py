"""Carry out the operations of the wire, each in one transaction.

The order is always the same: who is it, is it new, was it answered before;
then the change, its receipt, the journal, the commit; and the response only once
`settle` has returned. A refusal changes nothing but the journal. A renderer
that comes with the exchange writes the XML.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from esolutions_server.domain.billing.commands import Outcome
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges.commands import transactions
from esolutions_server.service.exchanges.exchange import ExchangeOutcome, accepted_entry, refused_entry
from esolutions_server.service.exchanges.observation import Observation
from esolutions_server.service.exchanges.proxies import liveness, registration, resuming
from esolutions_server.service.exchanges.proxies.credentials import (
    binds_body,
    check_freshness,
    check_proof,
    no_such_proxy,
)
from esolutions_server.service.exchanges.suspicions import check_strictly, suspicions
from esolutions_server.service.exchanges.wire_ranges import check_request
from esolutions_server.service.messages import Receipt, RegisterProxy
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store.repositories import proxies
from esolutions_server.store.repositories.exchanges import idempotency, journal
from esolutions_server.store.repositories.exchanges.idempotency import FirstResponse

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.exchanges.exchange import Exchange, RefusedExchange, Renderer
    from esolutions_server.service.exchanges.operation import Operation
    from esolutions_server.service.exchanges.proxies.credentials import Credentials
    from esolutions_server.service.messages import Request, Response
    from esolutions_server.store.engine.database import Store
    from esolutions_server.store.repositories.records import ProxyRecord

__all__ = ["ProxyService"]


class ProxyService:
    """The operations of the wire, over a store."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        rng: random.Random,
        policy: Policy,
        observes_changes: bool = False,
        is_strict: bool = False,
    ) -> None:
        """Take a store.

        Args:
            store: an open one.
            now: the clock, aware UTC.
            rng: where GUIDs come from.
            policy: the terms of the server.
            observes_changes: whether each exchange says what it changed, which costs as much again as the exchange.
            is_strict: whether what is only suspicious about a message is refused, too.
        """
        self._observes_changes = observes_changes
        self._store = store
        self._is_strict = is_strict
        self._now = now
        self._rng = rng
        self._policy = policy

    def perform(self, exchange: Exchange, operation: Operation[Any, Any], request: Request) -> bytes:
        """Carry out an operation, and return the bytes of the response; a message that came before gets its first one.

        Raises:
            RefusalError: it is not authentic, not new, or not what may be asked; nothing was changed.
        """
        with self._store.transaction(lasting=False) as connection:
            work = UnitOfWork(connection, self._whole_now(), self._rng, self._policy)
            observed = (
                Observation.begun(work, exchange.credentials.username, request) if self._observes_changes else None
            )
            proxy = self._authenticated(work, exchange, request, must_be_signed=operation.is_signed)
            first = idempotency.first_response(connection, proxy.id, request.header.message_id)
            outcome, notes = ExchangeOutcome.REPEATED, tuple[str, ...]()
            if first is None:
                outcome = ExchangeOutcome.RECEIPT
                if self._is_strict:
                    check_strictly(request, work.now, work.latest)
                first, notes = _respond(work, proxy, operation, request, exchange.renderer)
            elif first.operation != operation.name:
                raise RefusalError(FaultCode.CLIENT, f"the message id belongs to a {first.operation}")
            envelope = exchange.renderer.envelope(first.payload, proxy.secret, work.now)
            sizes = (exchange.bytes_in, len(envelope))
            entry = accepted_entry(
                operation, request, work.now, proxy.id, outcome, notes, sizes=sizes, devices_out=first.devices
            )
            exchange.number = journal.write(connection, entry)
            if observed is not None:
                exchange.changes = observed.changes(work)
        return envelope

    def check_sender(self, credentials: Credentials) -> None:
        """Make sure, before a large message is read, that a known proxy sent it; nothing is changed.

        Raises:
            RefusalError: it is not fresh, or does not prove the secret of the proxy it names.
        """
        with self._store.transaction(lasting=False) as connection:
            proxy = proxies.find(connection, credentials.username)
        check_freshness(credentials, self._whole_now(), self._policy.freshness)
        if proxy is None:
            raise no_such_proxy()
        check_proof(credentials, proxy.secret, must_be_signed=False)

    def note_refusal(self, refused: RefusedExchange) -> int | None:
        """Write a refused message into the journal, the only thing it changes; return the number of its row."""
        with self._store.transaction(lasting=False) as connection:
            name = refused.username
            proxy = None if name is None else proxies.find(connection, name)
            known, secret = (None, None) if proxy is None else (proxy.id, proxy.secret)
            entry = refused_entry(refused, self._whole_now(), in_the_name_of=known, secret=secret)
            return journal.write(connection, entry)

    def settle(self) -> None:
        """Return when whatever was answered so far will survive a power cut: no response may leave before."""
        self._store.settle()

    def _whole_now(self) -> datetime:
        return self._now().replace(microsecond=0)

    def _authenticated(
        self, work: UnitOfWork, exchange: Exchange, request: Request, *, must_be_signed: bool
    ) -> ProxyRecord:
        credentials = exchange.credentials
        proxy = proxies.find(work.connection, credentials.username)
        check_freshness(credentials, work.now, work.policy.freshness)
        secret = _secret(proxy, request)
        check_proof(credentials, secret, must_be_signed=must_be_signed)
        is_bound = binds_body(credentials, secret)
        if not is_bound:
            _check_need_not_bind(proxy, work.policy)
        expires = credentials.created + 2 * work.policy.freshness
        if not idempotency.keep_nonce(work.connection, credentials.username, credentials.nonce, expires):
            raise RefusalError(FaultCode.FAILED_AUTHENTICATION, "the nonce was used before")
        exchange.sender = credentials.username
        if proxy is None and isinstance(request, RegisterProxy):
            return registration.add_proxy(work, credentials.username, request, binds_body=is_bound)
        known = cast("ProxyRecord", proxy)
        if is_bound and not known.binds_body:
            proxies.set_values(work.connection, known.id, {"binds_body": True})
        return known


def _check_need_not_bind(proxy: ProxyRecord | None, policy: Policy) -> None:
    """Refuse a nonce that does not bind its body, where the policy or what the proxy did before asks for one that does.

    Raises:
        RefusalError: it may have been changed on the way.
    """
    if policy.requires_binding or (proxy is not None and proxy.binds_body):
        raise RefusalError(FaultCode.FAILED_CHECK, "the nonce does not bind this body: it was changed on its way")


def _secret(proxy: ProxyRecord | None, request: Request) -> str:
    """Return what the sender has to know; a new proxy brings it along."""
    if proxy is not None:
        return proxy.secret
    if isinstance(request, RegisterProxy):
        return request.secret
    raise no_such_proxy()


def _respond(
    work: UnitOfWork, proxy: ProxyRecord, operation: Operation[Any, Any], request: Request, renderer: Renderer
) -> tuple[FirstResponse, tuple[str, ...]]:
    """Carry a new request out and keep its response for repetitions; return it, with remarks for the journal."""
    check_request(work.now, request)
    resume_after = resuming.resume_point(work, proxy, request.header)
    remarks = liveness.note(work, proxy, request, forgot=resume_after is not None)
    response: Response = replace(operation.handle(work, proxy, request), resume_after=resume_after)
    first = FirstResponse(operation.name, _devices_in(response), renderer.payload(response))
    values = {
        "proxy_id": proxy.id,
        "message_id": request.header.message_id,
        "operation": first.operation,
        "receipt_id": response.receipt_id,
        "answered_at": response.issued_at,
        "devices": first.devices,
        "payload": first.payload,
        **transactions.identity_of(request),
    }
    idempotency.keep_response(work.connection, values)
    warnings = (f"warning: {suspicion}" for suspicion in suspicions(request, work.now))
    return first, (*remarks, *warnings, *_not_accepted(response))


def _not_accepted(response: Response) -> tuple[str, ...]:
    """Say for the journal what was not accepted, and why."""
    outcomes = response.devices if isinstance(response, Receipt) else ()
    return tuple(f"{o.serial} {o.outcome}: {o.reason}" for o in outcomes if o.outcome != Outcome.ACCEPTED)


def _devices_in(response: Response) -> int:
    return len(response.devices if isinstance(response, Receipt) else response.commands)
