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
from esolutions_server.soap.moments import read_moment
from esolutions_server.soap.signature import read_signature
from esolutions_server.soap.wsse_versions import SECURITY_NAMESPACES, UTILITY_NAMESPACES, WsseVersion

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_server.soap.envelope import Envelope

__all__ = ["read_credentials", "version_of"]

DIGEST_URI = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
LARGEST_NONCE = 64

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
    blocks = [block for block in envelope.headers if block.tag in _SECURITY_TAGS]
    if version is None or len(blocks) != 1:
        raise RefusalError(FaultCode.INVALID_SECURITY, "a request has one wsse:Security header")
    security = blocks[0]
    token = _token(security, version)
    created_text = _created_text(token, version)
    timestamp_created, timestamp_expires = _timestamp(envelope, security, version)
    return Credentials(
        username=_username(token, version),
        digest=_digest(token, version),
        nonce=_nonce(token, version),
        created_text=created_text,
        created=read_moment(created_text, FaultCode.INVALID_SECURITY_TOKEN),
        timestamp_created=timestamp_created,
        timestamp_expires=timestamp_expires,
        canonical_body=envelope.canonical_body,
        signature=read_signature(security, envelope),
    )


def _namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _token(security: etree._Element, version: WsseVersion) -> etree._Element:
    tokens = security.findall(f"{{{version.wsse}}}UsernameToken")
    if len(tokens) == 1:
        return tokens[0]
    if len(tokens) > 1:
        raise RefusalError(FaultCode.INVALID_SECURITY, "there is more than one UsernameToken")
    others = [child for child in security if _namespace(child) == version.wsse]
    if others:
        raise RefusalError(FaultCode.UNSUPPORTED_SECURITY_TOKEN, "the only token is UsernameToken")
    raise RefusalError(FaultCode.SECURITY_TOKEN_UNAVAILABLE, "the security header has no token")


def _text(parent: etree._Element, tag: str) -> str:
    found = parent.findall(tag)
    if len(found) != 1 or len(found[0]) or not (found[0].text or "").strip():
        name = etree.QName(tag).localname
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, f"the token has one {name}, with text")
    return found[0].text or ""


def _username(token: etree._Element, version: WsseVersion) -> str:
    # Not digested, so that its canonical form takes nothing from what is proven.
    try:
        return canonical_guid(_text(token, f"{{{version.wsse}}}Username"))
    except IdentityError:
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, "the user name of a proxy is its GUID") from None


def _created_text(token: etree._Element, version: WsseVersion) -> str:
    text = _text(token, f"{{{version.wsu}}}Created")
    if text != text.strip():
        # The digest is over nonce and moment without a separator: white space could belong to either.
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, "Created has white space around it")
    return text


def _digest(token: etree._Element, version: WsseVersion) -> bytes:
    tag = f"{{{version.wsse}}}Password"
    text = _text(token, tag)
    kind = next(token.iterchildren(tag)).get("Type", "")
    if kind != DIGEST_URI and kind.rpartition(":")[2] != "PasswordDigest":
        raise RefusalError(FaultCode.UNSUPPORTED_SECURITY_TOKEN, "the password must be a PasswordDigest")
    return _decoded(text, "Password")


def _nonce(token: etree._Element, version: WsseVersion) -> bytes:
    nonce = _decoded(_text(token, f"{{{version.wsse}}}Nonce"), "Nonce")
    if not 0 < len(nonce) <= LARGEST_NONCE:
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, f"a nonce has at most {LARGEST_NONCE} bytes")
    return nonce


def _decoded(text: str, name: str) -> bytes:
    try:
        return b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise RefusalError(FaultCode.INVALID_SECURITY_TOKEN, f"{name} is not base64") from None


def _timestamp(envelope: Envelope, security: etree._Element, version: WsseVersion) -> tuple[datetime, datetime]:
    tag = f"{{{version.wsu}}}Timestamp"
    found = [*security.findall(tag), *(block for block in envelope.headers if block.tag == tag)]
    if len(found) != 1:
        raise RefusalError(FaultCode.INVALID_SECURITY, "a request has one Timestamp")
    texts = (found[0].findtext(f"{{{version.wsu}}}{name}", "") for name in ("Created", "Expires"))
    created, expires = (read_moment(text, FaultCode.INVALID_SECURITY) for text in texts)
    return created, expires
