"""Read the WS-Security header of a request.

The forms of the drafts and of version 1.0 are understood: the password type
as a QName or a URI, the timestamp inside the security header or beside it.
What the header proves is decided elsewhere.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges.proxies.credentials import Credentials
from esolutions_server.soap.lexical import read_datetime
from esolutions_server.soap.signature import read_signature
from esolutions_server.soap.wsse_versions import SECURITY_NAMESPACES, UTILITY_NAMESPACES, WsseVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from esolutions_server.soap.envelope import Envelope

__all__ = [
    "find_token",
    "read_created",
    "read_credentials",
    "read_digest",
    "read_nonce",
    "read_timestamp",
    "read_username",
    "security_header",
    "version_of",
]

DIGEST_URI = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
LARGEST_NONCE = 64
LONGEST_SHOWN = 100

_SECURITY_TAGS = {f"{{{namespace}}}Security" for namespace in SECURITY_NAMESPACES}


def version_of(envelope: Envelope) -> WsseVersion | None:
    """Return the version of the caller's security header, if there is one."""
    security = next((block for block in envelope.headers if block.tag in _SECURITY_TAGS), None)
    if security is None:
        return None
    wsse = _namespace(security)
    matching = UTILITY_NAMESPACES[SECURITY_NAMESPACES.index(wsse)]
    used = (_namespace(element) for block in envelope.headers for element in block.iter("{*}Created"))
    return WsseVersion(wsse, next((namespace for namespace in used if namespace in UTILITY_NAMESPACES), matching))


def read_credentials(envelope: Envelope, version: WsseVersion | None) -> Credentials:
    """Return what the security header claims.

    Raises:
        RefusalError: there is none, it is malformed, or it uses a token other than UsernameToken with a digest.
    """
    security, version = security_header(envelope, version)
    token = find_token(security, version)
    created_text = read_created(token, version)
    timestamp_created, timestamp_expires = read_timestamp(envelope, security, version)
    return Credentials(
        username=read_username(token, version),
        digest=read_digest(token, version),
        nonce=read_nonce(token, version),
        created_text=created_text,
        created=read_datetime(created_text, FaultCode.INVALID_SECURITY_TOKEN, name="Created of the UsernameToken"),
        timestamp_created=timestamp_created,
        timestamp_expires=timestamp_expires,
        canonical_body=envelope.canonical_body,
        signature=read_signature(security, envelope),
    )


def security_header(envelope: Envelope, version: WsseVersion | None) -> tuple[etree._Element, WsseVersion]:
    """Return the one security header of a request and its version.

    Raises:
        RefusalError: there is none, or another one.
    """
    blocks = [block for block in envelope.headers if block.tag in _SECURITY_TAGS]
    if version is not None and len(blocks) == 1:
        return blocks[0], version
    if blocks:
        raise _invalid("a request has one wsse:Security header, and this one has several")
    others = [_namespace(block) for block in envelope.headers if etree.QName(block).localname == "Security"]
    known = f"its namespace is {SECURITY_NAMESPACES[0]}, or that of a later version"
    if others:
        raise _invalid(f"the Security header is in the namespace {others[0][:LONGEST_SHOWN]!r}; {known}")
    raise _invalid(f"a request has a wsse:Security header, and this one has none; {known}")


def _namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def find_token(security: etree._Element, version: WsseVersion) -> etree._Element:
    """Return the one UsernameToken of a security header.

    Raises:
        RefusalError: there is none, or several, or another token.
    """
    tokens = security.findall(f"{{{version.wsse}}}UsernameToken")
    if len(tokens) == 1:
        return tokens[0]
    if len(tokens) > 1:
        raise _invalid("there is more than one UsernameToken")
    others = [child for child in security if _namespace(child) == version.wsse]
    if others:
        text = f"the only token is UsernameToken, and this is a {etree.QName(others[0]).localname[:LONGEST_SHOWN]}"
        raise RefusalError(FaultCode.UNSUPPORTED_SECURITY_TOKEN, text)
    raise RefusalError(FaultCode.SECURITY_TOKEN_UNAVAILABLE, "the security header has no token")


def _text(parent: etree._Element, tag: str) -> str:
    found = parent.findall(tag)
    if len(found) != 1 or len(found[0]) or not (found[0].text or "").strip():
        name = etree.QName(tag)
        counted = "none" if not found else "several" if len(found) > 1 else "one without"
        expected = f"the UsernameToken has one {name.localname}, with text, in the namespace {name.namespace}"
        text = f"{expected}: there is {counted}"
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, text)
    return found[0].text or ""


def read_username(token: etree._Element, version: WsseVersion) -> str:
    """Return which proxy a token names, in the canonical form of its GUID.

    Raises:
        RefusalError: it names none.
    """
    # Not digested, so that its canonical form takes nothing from what is proven.
    try:
        return canonical_guid(_text(token, f"{{{version.wsse}}}Username"))
    except IdentityError:
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, "the user name of a proxy is its GUID") from None


def read_created(token: etree._Element, version: WsseVersion) -> str:
    """Return when a token was made, letter by letter: it was digested so.

    Raises:
        RefusalError: it is missing, or has white space around it.
    """
    text = _text(token, f"{{{version.wsu}}}Created")
    if text != text.strip():
        # The digest is over nonce and time without a separator: white space could belong to either.
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, "Created has white space around it")
    return text


def read_digest(token: etree._Element, version: WsseVersion) -> bytes:
    """Return the octets of the password digest.

    Raises:
        RefusalError: it is missing, no digest, or no Base64.
    """
    tag = f"{{{version.wsse}}}Password"
    text = _text(token, tag)
    kind = next(token.iterchildren(tag)).get("Type", "")
    if kind != DIGEST_URI and kind.rpartition(":")[2] != "PasswordDigest":
        raise RefusalError(
            FaultCode.UNSUPPORTED_SECURITY_TOKEN,
            f"the Type of the Password is {kind[:LONGEST_SHOWN]!r}, expected wsse:PasswordDigest",
        )
    return _decoded(text, "Password")


def read_nonce(token: etree._Element, version: WsseVersion) -> bytes:
    """Return the octets of the nonce.

    Raises:
        RefusalError: it is missing, no Base64, or too long.
    """
    nonce = _decoded(_text(token, f"{{{version.wsse}}}Nonce"), "Nonce")
    if not 0 < len(nonce) <= LARGEST_NONCE:
        raise RefusalError(
            FaultCode.INVALID_SECURITY_TOKEN, f"the Nonce has {len(nonce)} octets, expected 1 to {LARGEST_NONCE}"
        )
    return nonce


def _decoded(text: str, name: str) -> bytes:
    try:
        return b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, f"{name} is not base64") from None


def read_timestamp(envelope: Envelope, security: etree._Element, version: WsseVersion) -> tuple[datetime, datetime]:
    """Return when a message was made and until when it is good, by its one Timestamp, inside the header or beside it.

    Raises:
        RefusalError: there is none or another one, or a time of it is missing or none.
    """
    tag = f"{{{version.wsu}}}Timestamp"
    everywhere = [*security, *envelope.headers]
    found = [block for block in everywhere if block.tag == tag]
    if not found:
        raise _invalid(f"a message has a Timestamp in the namespace {version.wsu}: {_others(everywhere)}")
    if len(found) > 1:
        raise _invalid("a message has one Timestamp, and this one has several")
    created, expires = (_time_of(found[0], version, name) for name in ("Created", "Expires"))
    return created, expires


def _others(blocks: Iterable[etree._Element]) -> str:
    others = [_namespace(block) for block in blocks if etree.QName(block).localname == "Timestamp"]
    return f"there is one in {others[0][:LONGEST_SHOWN]!r}" if others else "there is none"


def _time_of(timestamp: etree._Element, version: WsseVersion, name: str) -> datetime:
    text = timestamp.findtext(f"{{{version.wsu}}}{name}")
    if text is None:
        raise _invalid(f"the Timestamp has no {name}")
    return read_datetime(text, FaultCode.INVALID_SECURITY, name=f"{name} of the Timestamp")


def _invalid(reason: str) -> RefusalError:
    return RefusalError(FaultCode.INVALID_SECURITY, reason)
