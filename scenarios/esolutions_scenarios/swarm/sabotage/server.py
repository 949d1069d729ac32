"""What stands in the place of a safety mechanism of the server while it is sabotaged."""

from __future__ import annotations

import hmac
from calendar import monthrange
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from esolutions_scenarios.faults.crash import Crash
from esolutions_server.domain.plausibility import Plausibility
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges import submissions
from esolutions_server.service.exchanges.credentials import binds_body, password_digest
from esolutions_server.service.exchanges.messages import DeviceOutcome
from esolutions_server.service.exchanges.proxy_service import ProxyService
from esolutions_server.soap.security import _text
from esolutions_server.soap.signature import read_signature
from esolutions_server.store.schema import bills

if TYPE_CHECKING:
    from lxml import etree

    from esolutions_server.service.exchanges.credentials import Credentials

_conduct = ProxyService._conduct  # noqa: SLF001 - the sabotage stands around it
_OCTETS_OF_A_BINDING_NONCE = 18
_find = submissions._find  # noqa: SLF001 - the same


def always_true(*_args: Any, **_kwargs: Any) -> bool:
    """Say yes."""
    return True


def no_first_answer(*_args: Any, **_kwargs: Any) -> None:
    """Know no message from before."""


def signature_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:
    """Verify the signature, but not the password digest."""
    if must_be_signed and credentials.signature is None:
        raise RefusalError(FaultCode.INVALID_SECURITY, "this message must be signed")
    if credentials.signature is not None:
        expected = hmac.digest(secret.encode(), credentials.signature.signed_info, "sha256")
        if expected != credentials.signature.value:
            raise RefusalError(FaultCode.FAILED_CHECK, "the signature is wrong")


def digest_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:  # noqa: ARG001
    """Verify the password digest, but no signature."""
    expected = password_digest(credentials.nonce, credentials.created_text, secret)
    if expected != credentials.digest:
        raise RefusalError(FaultCode.FAILED_AUTHENTICATION, "the password digest is wrong")


def body_unchecked(security: etree._Element, envelope: Any) -> Any:
    """Read a signature without comparing it with the body."""
    try:
        return read_signature(security, envelope)
    except RefusalError:
        return None


def always_credible(*_args: Any, **_kwargs: Any) -> Plausibility:
    """Bill every value."""
    return Plausibility(impressions=0)


def always_timely(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for timely."""
    return True


def clip_to_28_days(year: int, month: int) -> tuple[int, int]:
    """Take every month for one of at most 28 days."""
    first, days = monthrange(year, month)
    return first, min(days, 28)


def lose_statuses(_work: Any, _proxy: Any, request: Any) -> tuple[DeviceOutcome, ...]:
    """Acknowledge statuses without taking note of them, so that devices are told to turn on again and again."""
    return tuple(DeviceOutcome(status.serial, "Accepted") for status in request.devices)


class _Overheard:
    """A renderer that remembers the last envelope it made."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.envelopes: list[bytes] = []

    def payload(self, answer: Any) -> bytes:
        """Render the answer."""
        return bytes(self._inner.payload(answer))

    def envelope(self, payload: bytes, secret: str, now: Any) -> bytes:
        """Render the envelope, and remember it."""
        self.envelopes.append(self._inner.envelope(payload, secret, now))
        return self.envelopes[-1]


def answer_before_commit(server: Any, exchange: Any, *args: Any, **kwargs: Any) -> bytes:
    """Let the answer leave before the commit: a server that dies in between has promised what it does not hold."""
    overheard = _Overheard(exchange.renderer)
    try:
        return bytes(_conduct(server, replace(exchange, renderer=overheard), *args, **kwargs))
    except Crash:
        if overheard.envelopes:
            return overheard.envelopes[-1]
        raise


def find_it_open(*args: Any, **kwargs: Any) -> Any:
    """Take every command for one that was not answered yet."""
    device, command = _find(*args, **kwargs)
    return device, command._replace(state="open")


def overwrite_bills(connection: Any, rows: Any) -> None:
    """Keep bills in the place of those there were."""
    connection.execute(insert(bills).prefix_with("OR REPLACE"), rows)


def without_reasons(*_args: Any) -> tuple[str, ...]:
    """Say nothing of what was not accepted."""
    return ()


def any_created_text(token: etree._Element, dialect: Any) -> str:
    """Take the moment of a token as it stands, white space included."""
    return _text(token, f"{{{dialect.wsu}}}Created")


def binds_or_is_another(credentials: Credentials, secret: str) -> bool:
    """Take a nonce that is no longer than chance would have it for one that binds."""
    return len(credentials.nonce) < _OCTETS_OF_A_BINDING_NONCE or binds_body(credentials, secret)
