"""Carry out the operations of the wire, each in one transaction.

The order is always the same: who is it, is it new, was it answered before;
then the change, its receipt, the journal, the commit; and the answer only once
`settle` has returned. A refusal changes nothing but the journal. Nothing here
knows XML: a renderer that comes with the exchange spells answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges import (
    command_queue,
    liveness,
    registration,
    resuming,
    submissions,
    transactions,
)
from esolutions_server.service.exchanges.credentials import binds_body, check_freshness, check_proof, no_such_proxy
from esolutions_server.service.exchanges.exchange import accepted_entry, operation_of, refused_entry
from esolutions_server.service.exchanges.messages import (
    Receipt,
    RegisterProxy,
    SubmitBillingTransaction,
    SyncProxyResponse,
)
from esolutions_server.service.exchanges.wire_ranges import check_request
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store import exchanges, proxies

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.exchanges.credentials import Credentials
    from esolutions_server.service.exchanges.exchange import Exchange, RefusedExchange
    from esolutions_server.service.exchanges.messages import (
        DeviceOutcome,
        RegisterProxyDevices,
        Request,
        Response,
        SyncProxy,
        SyncProxyStatus,
    )
    from esolutions_server.store.database import Store
    from esolutions_server.store.records import ProxyRecord

    Change = Callable[[UnitOfWork, ProxyRecord], Response]

__all__ = ["ProxyService"]


class ProxyService:
    """The five operations of the wire, over a store. Each returns the bytes of the answer, or raises RefusalError."""

    def __init__(self, store: Store, *, now: Callable[[], datetime], rng: random.Random, policy: Policy) -> None:
        self._store = store
        self._now = now
        self._rng = rng
        self._policy = policy

    def register_proxy(self, exchange: Exchange, request: RegisterProxy) -> bytes:
        """Make an installed client and its secret known; again with the same secret it is the same proxy."""

        def change(work: UnitOfWork, proxy: ProxyRecord) -> Response:
            registration.renew_proxy(work, proxy, request)
            return _receipt(work, request)

        return self._conduct(exchange, request, change)

    def register_devices(self, exchange: Exchange, request: RegisterProxyDevices) -> bytes:
        """Make devices of a proxy known, with their opening readings."""

        def change(work: UnitOfWork, proxy: ProxyRecord) -> Response:
            return _receipt(work, request, registration.register_devices(work, proxy, request))

        return self._conduct(exchange, request, change)

    def sync(self, exchange: Exchange, request: SyncProxy) -> bytes:
        """Tell a proxy what there is to do."""

        def change(work: UnitOfWork, proxy: ProxyRecord) -> Response:
            commands = command_queue.commands_for(work, proxy.id)
            return SyncProxyResponse(work.new_id(), request.header.named, work.now, commands)

        return self._conduct(exchange, request, change)

    def status(self, exchange: Exchange, request: SyncProxyStatus) -> bytes:
        """Note which devices a proxy turned on."""

        def change(work: UnitOfWork, proxy: ProxyRecord) -> Response:
            return _receipt(work, request, submissions.take_statuses(work, proxy, request))

        return self._conduct(exchange, request, change)

    def submit_billing(self, exchange: Exchange, request: SubmitBillingTransaction) -> bytes:
        """Judge and keep the readings that answer billing requests; what is billed must be signed."""

        def change(work: UnitOfWork, proxy: ProxyRecord) -> Response:
            transactions.check_content(work, proxy, request)
            return _receipt(work, request, submissions.take_readings(work, proxy, request))

        return self._conduct(exchange, request, change, must_be_signed=True)

    def check_sender(self, credentials: Credentials) -> None:
        """Make sure, before a large message is read, that a known proxy sent it; nothing is changed.

        Raises:
            RefusalError: it is not fresh, or does not prove the secret of the proxy it names.
        """
        with self._store.transaction(lasting=False) as connection:
            proxy = proxies.find(connection, credentials.username)
        check_freshness(credentials, self._moment(), self._policy.freshness)
        if proxy is None:
            raise no_such_proxy()
        check_proof(credentials, proxy.secret, must_be_signed=False)

    def note_refusal(self, refused: RefusedExchange) -> None:
        """Write a refused message into the journal, the only thing it changes."""
        with self._store.transaction(lasting=False) as connection:
            name = refused.username
            is_known = name is not None and proxies.find(connection, name) is not None
            entry = refused_entry(refused, self._moment(), in_the_name_of=name if is_known else None)
            exchanges.write_journal(connection, entry)

    def settle(self) -> None:
        """Return when whatever was answered so far will survive a power cut: no answer may leave before."""
        self._store.settle()

    def _moment(self) -> datetime:
        return self._now().replace(microsecond=0)

    def _conduct(self, exchange: Exchange, request: Request, change: Change, *, must_be_signed: bool = False) -> bytes:
        with self._store.transaction(lasting=False) as connection:
            work = UnitOfWork(connection, self._moment(), self._rng, self._policy)
            proxy = self._authenticated(work, exchange, request, must_be_signed=must_be_signed)
            first = exchanges.first_response(connection, proxy.id, request.header.message_id)
            if first is None:
                check_request(work, request)
                resume_after = resuming.resume_point(work, proxy, request.header)
                remarks = liveness.note(work, proxy, request, forgot=resume_after is not None)
                answer = replace(change(work, proxy), resume_after=resume_after)
                notes = (*remarks, *_not_accepted(answer))
                payload = exchange.renderer.payload(answer)
                outcome = "receipt"
                devices = _devices_in(answer)
                _keep_answer(connection, proxy.id, request, answer, payload)
            else:
                notes, payload, outcome, devices = (), first.payload, "repeated", first.devices
                _check_same_operation(first.operation, request)
            envelope = exchange.renderer.envelope(payload, proxy.secret, work.now)
            entry = accepted_entry(
                request,
                work.now,
                proxy.id,
                outcome,
                notes,
                sizes=(exchange.bytes_in, len(envelope)),
                devices_out=devices,
            )
            exchanges.write_journal(connection, entry)
        return envelope

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
        if not exchanges.keep_nonce(work.connection, credentials.username, credentials.nonce, expires):
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


def _receipt(work: UnitOfWork, request: Request, outcomes: tuple[DeviceOutcome, ...] = ()) -> Receipt:
    return Receipt(work.new_id(), request.header.named, work.now, outcomes)


def _not_accepted(answer: Response) -> tuple[str, ...]:
    """Say for the journal what was not accepted, and why."""
    outcomes = answer.devices if isinstance(answer, Receipt) else ()
    return tuple(f"{o.serial} {o.outcome}: {o.reason}" for o in outcomes if o.outcome != "Accepted")


def _devices_in(answer: Response) -> int:
    return len(answer.devices if isinstance(answer, Receipt) else answer.commands)


def _keep_answer(connection: Connection, proxy_id: str, request: Request, answer: Response, payload: bytes) -> None:
    values = {
        "proxy_id": proxy_id,
        "message_id": request.header.message_id,
        "operation": operation_of(request),
        "receipt_id": answer.receipt_id,
        "answered_at": answer.issued_at,
        "devices": _devices_in(answer),
        "payload": payload,
        "transaction_id": request.transaction_id if isinstance(request, SubmitBillingTransaction) else None,
        "content": transactions.content_of(request),
    }
    exchanges.keep_response(connection, values)


def _check_same_operation(first: str, request: Request) -> None:
    if first != operation_of(request):
        raise RefusalError(FaultCode.CLIENT, f"the message id belongs to a {first}")
