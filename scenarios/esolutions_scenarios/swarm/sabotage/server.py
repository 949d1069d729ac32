"""Sabotages of the server: credentials, idempotency and commits.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.faults.crash import Crash
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage, as_it_is, nothing
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges import proxy_service
from esolutions_server.service.exchanges.proxies import registration
from esolutions_server.service.exchanges.proxies.credentials import binds_body, password_digest
from esolutions_server.service.exchanges.proxy_service import ProxyService
from esolutions_server.soap import security
from esolutions_server.soap.signature import read_signature
from esolutions_server.store.repositories.exchanges import idempotency

if TYPE_CHECKING:
    from lxml import etree

    from esolutions_server.service.exchanges.proxies.credentials import Credentials

__all__ = ["SABOTAGES"]

_perform = ProxyService.perform
_text = security._text  # noqa: SLF001 - the same
_OCTETS_OF_A_BINDING_NONCE = 18


def always_true(*_args: Any, **_kwargs: Any) -> bool:
    """Say yes."""
    return True


def signature_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:
    """Verify the signature, but not the password digest."""
    if must_be_signed and credentials.signature is None:
        raise RefusalError(FaultCode.INVALID_SECURITY, "this message must be signed")
    if credentials.signature is not None:
        expected = hmac.digest(secret.encode(), credentials.signature.signed_info, "sha256")
        if expected != credentials.signature.value:
            raise RefusalError(FaultCode.FAILED_CHECK, "the signature is wrong")


def no_first_response(*_args: Any, **_kwargs: Any) -> None:
    """Know no message from before."""


def any_created_text(token: etree._Element, version: Any) -> str:
    """Take the time of a token as it stands, white space included."""
    return _text(token, f"{{{version.wsu}}}Created")


def binds_or_is_another(credentials: Credentials, secret: str) -> bool:
    """Take a nonce that is no longer than chance would have it for one that binds."""
    return len(credentials.nonce) < _OCTETS_OF_A_BINDING_NONCE or binds_body(credentials, secret)


class _Overheard:
    """A renderer that remembers the last envelope it made."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.envelopes: list[bytes] = []

    def payload(self, response: Any) -> bytes:
        """Render the answer."""
        return bytes(self._inner.payload(response))

    def envelope(self, payload: bytes, secret: str, now: Any) -> bytes:
        """Render the envelope, and remember it."""
        self.envelopes.append(self._inner.envelope(payload, secret, now))
        return self.envelopes[-1]


def respond_before_commit(server: Any, exchange: Any, *args: Any, **kwargs: Any) -> bytes:
    """Let the answer leave before the commit: a server that dies in between has promised what it does not hold."""
    overheard = _Overheard(exchange.renderer)
    try:
        return bytes(_perform(server, replace(exchange, renderer=overheard), *args, **kwargs))
    except Crash:
        if overheard.envelopes:
            return overheard.envelopes[-1]
        raise


def digest_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:  # noqa: ARG001
    """Verify the password digest, but no signature."""
    expected = password_digest(credentials.nonce, credentials.created_text, secret)
    if expected != credentials.digest:
        raise RefusalError(FaultCode.FAILED_AUTHENTICATION, "the password digest is wrong")


def body_unchecked(header: etree._Element, envelope: Any) -> Any:
    """Read a signature without comparing it with the body."""
    try:
        return read_signature(header, envelope)
    except RefusalError:
        return None


SABOTAGES: dict[str, Sabotage] = {
    "binding-not-verified": Sabotage(
        "the server does not verify that a nonce binds its body",
        "strangers_change_nothing",
        (Place(proxy_service, "binds_body", always_true),),
    ),
    "digest-not-verified": Sabotage(
        "the server does not verify the password digest",
        "strangers_change_nothing",
        (Place(proxy_service, "check_proof", signature_only),),
    ),
    "freshness-off": Sabotage(
        "the server takes messages of any age",
        "strangers_change_nothing",
        (Place(proxy_service, "check_freshness", nothing),),
    ),
    "no-idempotency": Sabotage(
        "a message id is not recognised",
        "no_message_counts_twice",
        (
            Place(idempotency, "first_response", no_first_response),
            Place(idempotency, "keep_response", nothing),
        ),
    ),
    "octets-change-sides": Sabotage(
        "the server takes a moment with white space around it, and lets other nonces of a proxy go unbound",
        "strangers_change_nothing",
        (
            Place(security, "read_created", any_created_text),
            Place(proxy_service, "binds_body", binds_or_is_another),
        ),
    ),
    "receipt-before-commit": Sabotage(
        "the server answers before it has committed",
        "what_is_acknowledged_is_there",
        (Place(ProxyService, "perform", respond_before_commit),),
    ),
    "replay-check-off": Sabotage(
        "a nonce may be used twice",
        "strangers_change_nothing",
        (Place(idempotency, "keep_nonce", always_true),),
    ),
    "signature-not-verified": Sabotage(
        "the server bills unsigned or altered readings, and no nonce has to bind them",
        "every_billed_value_was_shown",
        (
            Place(proxy_service, "check_proof", digest_only),
            Place(security, "read_signature", body_unchecked),
            Place(proxy_service, "binds_body", always_true),
        ),
    ),
    "spellings-differ": Sabotage(
        "the server compares serial numbers and GUIDs letter by letter",
        "one_number_is_one_device",
        (
            Place(registration, "canonical_serial", as_it_is),
            Place(security, "canonical_guid", as_it_is),
        ),
    ),
}
