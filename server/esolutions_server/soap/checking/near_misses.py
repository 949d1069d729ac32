"""Recognise a digest or a signature that was made in one of the ways that are nearly right.

Nothing here decides what is accepted.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.service.exchanges.proxies.credentials import password_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.service.exchanges.proxies.credentials import Signature
    from esolutions_server.soap.envelope import Envelope

__all__ = ["body_digest_near_miss", "digest_near_miss", "signature_near_miss"]

_DS = "{http://www.w3.org/2000/09/xmldsig#}"


def digest_near_miss(digest: bytes, nonce: bytes, created: str, secret: str) -> str:
    """Return a sentence that says how a wrong password digest was made, empty where it is not recognised."""
    text = b64encode(nonce)
    ways = {
        "the Nonce went in as its Base64 text: its octets go in": _sha1(text, created.encode(), secret.encode()),
        "the secret went in as the octets that it is the Base64 of: its 88 characters go in": _sha1(
            nonce, created.encode(), _octets(secret)
        ),
        "Nonce and Created changed places: the Nonce goes first": _sha1(created.encode(), nonce, secret.encode()),
        "Created was left out": _sha1(nonce, secret.encode()),
        "the Nonce was left out": _sha1(created.encode(), secret.encode()),
        "only the secret went in": _sha1(secret.encode()),
    }
    right = password_digest(nonce, created, secret)
    if digest in {right.hex().encode(), b64decode(right.hex())}:
        return "the digest is in hexadecimal: Base64 of its 20 octets is expected"
    return next((way for way, wrong in ways.items() if wrong == digest), "")


def signature_near_miss(signature: Signature, signed_info: etree._Element, secret: str) -> str:
    """Return a sentence that says how a wrong signature was made, empty where it is not recognised."""
    key = secret.encode()
    info = {
        "its exclusive canonical form": signature.signed_info,
        "its inclusive canonical form": etree.tostring(signed_info, method="c14n"),
        "its text as it is written": etree.tostring(signed_info, with_tail=False),
    }
    keys = {"": key, " with the key decoded from Base64: the key is the secret's 88 characters": _octets(secret)}
    for form, octets in info.items():
        for fault, used in keys.items():
            if hmac.digest(used, octets, "sha256") == signature.value:
                return f"the HMAC is over {form} of SignedInfo{fault}, expected is the exclusive one"
    return ""


def body_digest_near_miss(digest: bytes, envelope: Envelope) -> str:
    """Return a sentence that says over what a wrong digest of the body is, empty where it is not recognised."""
    for what, octets in _other_bodies(envelope):
        if hashlib.sha256(octets).digest() == digest:
            return f"it is the digest of {what}: that of the exclusive canonical form of soap:Body is expected"
    return ""


def _other_bodies(envelope: Envelope) -> Iterator[tuple[str, bytes]]:
    payload, body = envelope.payload, envelope.body
    yield "the message without its Body", etree.tostring(payload, method="c14n", exclusive=True)
    yield "the inclusive canonical form of the Body", etree.tostring(body, method="c14n")
    yield "the inclusive canonical form of the message without its Body", etree.tostring(payload, method="c14n")
    yield "the Body as it is written", etree.tostring(body, with_tail=False)


def _sha1(*parts: bytes) -> bytes:
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()


def _octets(secret: str) -> bytes:
    try:
        return b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return b""
