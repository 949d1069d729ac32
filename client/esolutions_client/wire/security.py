"""The WS-Security header of a request: a username token with a password digest, and a timestamp.

OASIS WS-Security, Working Draft 11 (3 March 2003), in the namespaces that
drafts of that time shipped with; see docs/wire.md for what is assumed. Nothing
here reads a clock or makes a nonce: both are handed in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_client.wire.lexical import format_datetime

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "MESSAGE_LIFETIME",
    "NONCE_RANDOM_OCTETS",
    "SOAP",
    "WSSE",
    "WSU",
    "Credentials",
    "binding_nonce",
    "password_digest",
    "security_header",
]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://schemas.xmlsoap.org/ws/2002/07/secext"
WSU = "http://schemas.xmlsoap.org/ws/2002/07/utility"

# The server refuses what is older; the same five minutes as its freshness window.
MESSAGE_LIFETIME = timedelta(minutes=5)

# A nonce that binds the body (docs/decisions/0014): 8 random octets, 10 of an HMAC: 24 characters of Base64, as 16 are.
NONCE_RANDOM_OCTETS = 8
_BINDING_OCTETS = 10
_BINDING_LABEL = b"smart-esolutions:nonce:1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who this proxy is: its GUID, and the secret that proves it (88 characters of Base64)."""

    proxy_id: str
    secret: str = field(repr=False)


def password_digest(nonce: bytes, created: str, secret: str) -> str:
    """Return Base64(SHA-1(nonce + created + secret)), as the username token profile defines it."""
    # SHA-1 is what the profile prescribes; it is used here as a keyed proof, not as a collision-free hash.
    digest = hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def binding_nonce(random: bytes, created: str, body: etree._Element, secret: str) -> bytes:
    """Return a nonce that only a party with the secret can make for this body and time of creation.

    random + HMAC-SHA-256(secret, label + random + created + exclusive C14N of the Body), the first octets of it. The
    password digest covers the nonce, and so the body: what was changed on the way is no longer what was proven.

    Args:
        random: 8 fresh random octets.
        created: the token's `wsu:Created`, as written.
        body: the `soap:Body` as it is sent.
        secret: of this proxy.
    """
    canonical = etree.tostring(body, method="c14n", exclusive=True, with_comments=False)
    message = b"\0".join((_BINDING_LABEL, random, created.encode(), canonical))
    return random + hmac.digest(secret.encode(), message, "sha256")[:_BINDING_OCTETS]


def security_header(
    credentials: Credentials, *, nonce: bytes, created_at: datetime
) -> tuple[etree._Element, etree._Element]:
    """Return the two header blocks `wsse:Security` and `wsu:Timestamp` of one attempt.

    The prefixes are declared by the envelope they are put into.
    """
    created = format_datetime(created_at)
    namespaces = {"wsse": WSSE, "wsu": WSU, "soap-env": SOAP}
    security = etree.Element(f"{{{WSSE}}}Security", {f"{{{SOAP}}}mustUnderstand": "1"}, nsmap=namespaces)
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = credentials.proxy_id
    password = etree.SubElement(token, f"{{{WSSE}}}Password", Type="wsse:PasswordDigest")
    password.text = password_digest(nonce, created, credentials.secret)
    etree.SubElement(token, f"{{{WSSE}}}Nonce").text = base64.b64encode(nonce).decode()
    etree.SubElement(token, f"{{{WSU}}}Created").text = created

    timestamp = etree.Element(f"{{{WSU}}}Timestamp", nsmap=namespaces)
    etree.SubElement(timestamp, f"{{{WSU}}}Created").text = created
    etree.SubElement(timestamp, f"{{{WSU}}}Expires").text = format_datetime(created_at + MESSAGE_LIFETIME)
    return security, timestamp
