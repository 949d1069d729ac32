"""Decide whether a message comes from the proxy it names, and is new.

The password digest of WS-Security (draft 11 and 1.0 alike) proves the secret,
the nonce and the timestamps prove freshness, the signature proves the body.
XML is parsed and nonces are remembered elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_server.service.errors import FaultCode, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

__all__ = [
    "Credentials",
    "Signature",
    "binds_body",
    "check_freshness",
    "check_proof",
    "no_such_proxy",
    "password_digest",
]

_WRONG_DIGEST = "the password digest is wrong"

# docs/decisions/0014: a nonce of 18 octets may bind the body.
_RANDOM_OCTETS, _BINDING_OCTETS = 8, 10
_BINDING_LABEL = b"smart-esolutions:nonce:1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Signature:
    """An HMAC-SHA256 over the canonical SignedInfo, whose digest of the body was already found right."""

    signed_info: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Credentials:
    """The security header of a message; `created_text` is what was digested, letter by letter.

    `canonical_body` gives the exclusive canonical form of the Body, which costs something for a large one.
    """

    username: str
    digest: bytes
    nonce: bytes
    created_text: str
    created: datetime
    timestamp_created: datetime
    timestamp_expires: datetime
    canonical_body: Callable[[], bytes]
    signature: Signature | None = None


def password_digest(nonce: bytes, created: str, secret: str) -> bytes:
    """Return SHA-1(nonce + created + secret), as WS-Security's UsernameToken profile says."""
    return hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False).digest()


def check_proof(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:
    """Make sure that the sender of the message knows the secret.

    Raises:
        RefusalError: the digest or the signature is wrong, or the signature is missing.
    """
    expected = password_digest(credentials.nonce, credentials.created_text, secret)
    if not hmac.compare_digest(expected, credentials.digest):
        raise RefusalError(FaultCode.FAILED_AUTHENTICATION, _WRONG_DIGEST)
    signature = credentials.signature
    if signature is None:
        if must_be_signed:
            raise RefusalError(FaultCode.INVALID_SECURITY, "this message must be signed")
        return
    expected = hmac.digest(secret.encode(), signature.signed_info, "sha256")
    if not hmac.compare_digest(expected, signature.value):
        raise RefusalError(FaultCode.FAILED_CHECK, "the signature is wrong")


def no_such_proxy() -> RefusalError:
    """Return the refusal of a name that is none of ours: a stranger learns no more of it than of a wrong digest."""
    return RefusalError(FaultCode.FAILED_AUTHENTICATION, "no such proxy is registered", _WRONG_DIGEST)


def binds_body(credentials: Credentials, secret: str) -> bool:
    """Whether the nonce was made for this body by a sender who knows the secret: then the digest proves the body."""
    nonce = credentials.nonce
    if len(nonce) != _RANDOM_OCTETS + _BINDING_OCTETS:
        return False
    random = nonce[:_RANDOM_OCTETS]
    message = b"\0".join((_BINDING_LABEL, random, credentials.created_text.encode(), credentials.canonical_body()))
    expected = hmac.digest(secret.encode(), message, "sha256")[:_BINDING_OCTETS]
    return hmac.compare_digest(expected, nonce[_RANDOM_OCTETS:])


def check_freshness(credentials: Credentials, now: datetime, freshness: timedelta) -> None:
    """Make sure that the message was written about now.

    Raises:
        RefusalError: a time lies too far from the server's clock, or the message has expired.
    """
    times = {
        "Created of the UsernameToken": credentials.created,
        "Created of the Timestamp": credentials.timestamp_created,
    }
    for name, time in times.items():
        if abs(time - now) > freshness:
            raise RefusalError(FaultCode.MESSAGE_EXPIRED, _how_far(name, time, now, freshness))
    expires = credentials.timestamp_expires
    if expires < credentials.timestamp_created:
        raise RefusalError(FaultCode.MESSAGE_EXPIRED, "Expires of the Timestamp is before its Created")
    if expires < now - freshness:
        text = _how_far("Expires of the Timestamp", expires, now, freshness)
        raise RefusalError(FaultCode.MESSAGE_EXPIRED, text)


def _how_far(name: str, time: datetime, now: datetime, freshness: timedelta) -> str:
    """Say how much the clock of the sender is off, in seconds."""
    seconds = int((time - now).total_seconds())
    side = "ahead of" if seconds > 0 else "behind"
    clock = f"the server's clock, which shows {now:{_TIME}}"
    most = f"at most {int(freshness.total_seconds())} s are taken"
    return f"{name} is {time:{_TIME}}, {abs(seconds)} s {side} {clock}: {most}"
