"""XML signatures over a SOAP body, keyed by the proxy's secret.

A billing transaction is signed by the client, every answer by the server: what
passes a proxy server that ends TLS can be read there, but not changed. The
form is fixed to one canonicalisation (exclusive C14N), one digest (SHA-256) and
one key (HMAC-SHA256), and anything else is refused: a choice of algorithms in
the message would be the attacker's choice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from lxml import etree

from esolutions_client.wire.security import WSU

__all__ = ["SignatureError", "sign", "verify"]

_DS = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_BODY_ID = "body"


class SignatureError(ValueError):
    """The signature is missing, of another form, or wrong."""


def sign(body: etree._Element, secret: str) -> etree._Element:
    """Name the body with a `wsu:Id` and return the `ds:Signature` that covers it."""
    body.set(f"{{{WSU}}}Id", _BODY_ID)
    info = _signed_info(body)
    # In the message the prefix is declared once, on the signature itself.
    written = info.replace(f' xmlns:ds="{_DS}"', "", 1)
    value = f"<ds:SignatureValue>{_mac(info, secret)}</ds:SignatureValue>"
    return etree.fromstring(f'<ds:Signature xmlns:ds="{_DS}">{written}{value}</ds:Signature>')


def verify(envelope: etree._Element, body: etree._Element, secret: str) -> None:
    """Check that the envelope holds our one form of signature and that it covers `body`.

    Raises:
        SignatureError: it does not; the text says what is wrong.
    """
    found = envelope.findall(f".//{{{_DS}}}Signature")
    if len(found) != 1:
        raise SignatureError(f"expected one signature, found {len(found)}")
    # The body is taken by position, never looked up by its id: an id can be put elsewhere.
    if body.get(f"{{{WSU}}}Id") != _BODY_ID:
        raise SignatureError("the body is not the one that is signed")
    info = found[0].find(f"{{{_DS}}}SignedInfo")
    expected = _signed_info(body)
    if info is None or _canonical(info) != expected.encode():
        raise SignatureError("the signature covers something else, or the body was changed")
    value = (found[0].findtext(f"{{{_DS}}}SignatureValue") or "").strip()
    if not hmac.compare_digest(value.encode(), _mac(expected, secret).encode()):
        raise SignatureError("the signature was made with another secret")


def _signed_info(body: etree._Element) -> str:
    """Return the canonical `ds:SignedInfo` of a signature of this body, as text."""
    digest = base64.b64encode(hashlib.sha256(_canonical(body)).digest()).decode()
    return (
        f'<ds:SignedInfo xmlns:ds="{_DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{_HMAC_SHA256}"></ds:SignatureMethod>'
        f'<ds:Reference URI="#{_BODY_ID}">'
        f'<ds:Transforms><ds:Transform Algorithm="{_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{_SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue>"
        "</ds:Reference></ds:SignedInfo>"
    )


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _mac(info: str, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), info.encode(), hashlib.sha256).digest()).decode()
