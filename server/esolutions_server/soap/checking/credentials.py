"""Check the security header of a message: what it must say, and what it proves to one who knows the secret."""

from __future__ import annotations

import hmac
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from lxml import etree

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges.proxies.credentials import (
    Credentials,
    binds_body,
    check_freshness,
    password_digest,
)
from esolutions_server.soap import security
from esolutions_server.soap.checking.near_misses import body_digest_near_miss, digest_near_miss, signature_near_miss
from esolutions_server.soap.checking.report import Rule, RuleResult, judged, skipped
from esolutions_server.soap.envelope import check_understood
from esolutions_server.soap.lexical import read_datetime
from esolutions_server.soap.signature import read_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from esolutions_server.soap.envelope import Envelope
    from esolutions_server.soap.wsse_versions import WsseVersion

__all__ = ["Evidence", "check_request_header", "check_response_header", "check_signature"]

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
T = TypeVar("T")
_OCTETS_OF_A_BINDING_NONCE = 18
_SHA1_OCTETS = 20
_EPOCH = datetime.fromtimestamp(0, UTC)
# Each rule looks at its own part of the credentials, and at nothing else.
_NOTHING = Credentials("", b"", b"", "", _EPOCH, _EPOCH, _EPOCH, bytes)
_NO_SECRET = "give the proxy's --secret"  # noqa: S105 (a sentence)
_NO_CLOCK = "give the moment at the server with --now"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside a message: the proxy's secret, the time at the server, and how far clocks may differ."""

    secret: str | None
    now: datetime | None
    freshness: timedelta


@dataclass(frozen=True, slots=True)
class _Header:
    envelope: Envelope
    block: etree._Element
    version: WsseVersion


def check_response_header(envelope: Envelope, evidence: Evidence) -> Iterator[RuleResult]:
    """Yield how the header of a response stands to its rules: a response has a signature and no token."""
    try:
        header = _header(envelope)
    except RefusalError as refusal:
        yield judged(Rule.HEADER, [refusal.reason])
        return
    yield judged(Rule.HEADER, [])
    yield _timestamp(header, evidence)


def check_request_header(envelope: Envelope, evidence: Evidence) -> Iterator[RuleResult]:
    """Yield how the header of a request stands to each rule about it, but for its signature."""
    try:
        header = _header(envelope)
        token = security.find_token(header.block, header.version)
    except RefusalError as refusal:
        yield judged(Rule.HEADER, [refusal.reason])
        return
    version = header.version
    _, header_faults = _tried(lambda: security.read_username(token, version))
    digest, digest_faults = _tried(lambda: security.read_digest(token, version))
    yield judged(Rule.HEADER, [*header_faults, *digest_faults])
    yield _timestamp(header, evidence)
    created, created_faults = _tried(lambda: security.read_created(token, version))
    yield _created(created, created_faults, evidence)
    nonce, nonce_faults = _tried(lambda: security.read_nonce(token, version))
    yield judged(Rule.NONCE, nonce_faults)
    if evidence.secret is None or created is None or nonce is None or digest is None:
        reason = _NO_SECRET if evidence.secret is None else "what it is made of cannot be read"
        yield skipped(Rule.DIGEST, reason)
        yield skipped(Rule.BINDING, reason)
        return
    yield judged(Rule.DIGEST, _digest_faults(digest, nonce, created, evidence.secret))
    yield _binding(envelope, nonce, created, evidence.secret)


def check_signature(envelope: Envelope, evidence: Evidence, *, must_be_signed: bool) -> RuleResult:
    """Return how the signature of a message stands to its one form, its body and the secret."""
    block = next((block for block in envelope.headers if etree.QName(block).localname == "Security"), None)
    element = None if block is None else block.find(f"{_DS}Signature")
    if block is None or element is None:
        missing = ["there is no ds:Signature in wsse:Security, and this message must have one"]
        return judged(Rule.SIGNATURE, missing) if must_be_signed else skipped(Rule.SIGNATURE, "none is asked for")
    try:
        signature = read_signature(block, envelope)
    except RefusalError as refusal:
        near_miss = _body_near_miss(element, envelope) if refusal.code == FaultCode.FAILED_CHECK else ""
        return judged(Rule.SIGNATURE, [_joined(refusal.reason, near_miss)])
    info = element.find(f"{_DS}SignedInfo")
    if evidence.secret is None or signature is None or info is None:
        return skipped(Rule.SIGNATURE, f"its form and the digest of the body are right; {_NO_SECRET}")
    expected = hmac.digest(evidence.secret.encode(), signature.signed_info, "sha256")
    if hmac.compare_digest(expected, signature.value):
        return judged(Rule.SIGNATURE, [])
    near_miss = signature_near_miss(signature, info, evidence.secret)
    return judged(Rule.SIGNATURE, [_joined("the SignatureValue is wrong", near_miss)])


def _header(envelope: Envelope) -> _Header:
    check_understood(envelope)
    return _Header(envelope, *security.security_header(envelope, security.version_of(envelope)))


def _timestamp(header: _Header, evidence: Evidence) -> RuleResult:
    found, faults = _tried(lambda: security.read_timestamp(header.envelope, header.block, header.version))
    if found is None:
        return judged(Rule.TIMESTAMP, faults)
    created, expires = found
    if evidence.now is None:
        late = ["Expires of the Timestamp is before its Created"] if expires < created else []
        return judged(Rule.TIMESTAMP, late, [] if late else [f"its moments were not compared: {_NO_CLOCK}"])
    now = evidence.now
    claimed = replace(_NOTHING, created=now, timestamp_created=created, timestamp_expires=expires)
    return judged(Rule.TIMESTAMP, _tried(lambda: check_freshness(claimed, now, evidence.freshness))[1])


def _created(text: str | None, faults: list[str], evidence: Evidence) -> RuleResult:
    if text is None:
        return judged(Rule.CREATED, faults)
    name = "Created of the UsernameToken"
    claimed_at, faults = _tried(lambda: read_datetime(text, FaultCode.INVALID_SECURITY_TOKEN, name=name))
    if claimed_at is None or evidence.now is None:
        return judged(Rule.CREATED, faults, [] if faults else [f"it was not compared: {_NO_CLOCK}"])
    now = evidence.now
    claimed = replace(_NOTHING, created=claimed_at, timestamp_created=now, timestamp_expires=now)
    return judged(Rule.CREATED, _tried(lambda: check_freshness(claimed, now, evidence.freshness))[1])


def _digest_faults(digest: bytes, nonce: bytes, created: str, secret: str) -> list[str]:
    if hmac.compare_digest(digest, password_digest(nonce, created, secret)):
        return []
    near_miss = digest_near_miss(digest, nonce, created, secret)
    if not near_miss and len(digest) != _SHA1_OCTETS:
        near_miss = f"it has {len(digest)} octets, and a SHA-1 has {_SHA1_OCTETS}"
    return [_joined("the password digest is wrong", near_miss)]


def _binding(envelope: Envelope, nonce: bytes, created: str, secret: str) -> RuleResult:
    claimed = replace(_NOTHING, nonce=nonce, created_text=created, canonical_body=envelope.canonical_body)
    if binds_body(claimed, secret):
        return judged(Rule.BINDING, [])
    if len(nonce) == _OCTETS_OF_A_BINDING_NONCE:
        return judged(Rule.BINDING, ["the last 10 octets of the Nonce are not made of this body"])
    note = f"a Nonce of {len(nonce)} octets binds no body: taken of a proxy that never bound one"
    return judged(Rule.BINDING, [], [note])


def _body_near_miss(signature: etree._Element, envelope: Envelope) -> str:
    text = signature.findtext(f"{_DS}SignedInfo/{_DS}Reference/{_DS}DigestValue", "")
    return body_digest_near_miss(b64decode(text), envelope)


def _joined(fault: str, near_miss: str) -> str:
    return f"{fault}: {near_miss}" if near_miss else fault


def _tried(read: Callable[[], T]) -> tuple[T | None, list[str]]:
    """Return what a reader returns, or why it refuses."""
    try:
        return read(), []
    except RefusalError as refusal:
        return None, [refusal.reason]
