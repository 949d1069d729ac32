"""Sign and verify the body of an envelope: XML Signature with HMAC-SHA256 under the proxy's secret.

One form only, the one docs/wire.md shows: exclusive canonicalisation, a
reference to "#body", SHA-256. Whatever names another algorithm is refused
rather than tried.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges.proxies.credentials import Signature
from esolutions_server.soap.envelope import canonical
from esolutions_server.soap.wsse_versions import UTILITY_NAMESPACES

if TYPE_CHECKING:
    from esolutions_server.soap.envelope import Envelope

__all__ = ["read_signature", "signature_markup"]

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
BODY_ID = "body"

_CANONICAL_SIGNED_INFO = (
    f'<ds:SignedInfo xmlns:ds="{DS}">'
    f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
    f'<ds:SignatureMethod Algorithm="{HMAC_SHA256}"></ds:SignatureMethod>'
    f'<ds:Reference URI="#{BODY_ID}">'
    f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue>'
    "</ds:Reference></ds:SignedInfo>"
)
# The same as it is written: ds is declared one element further out, and empty elements have one tag.
_SIGNED_INFO = re.sub(r'"></ds:\w+>', '"/>', _CANONICAL_SIGNED_INFO).replace(f' xmlns:ds="{DS}"', "")

_REFERENCE = f"{{{DS}}}Reference"
_REQUIRED = {
    f"{{{DS}}}CanonicalizationMethod": EXCLUSIVE_C14N,
    f"{{{DS}}}SignatureMethod": HMAC_SHA256,
    f"{_REFERENCE}/{{{DS}}}Transforms/{{{DS}}}Transform": EXCLUSIVE_C14N,
    f"{_REFERENCE}/{{{DS}}}DigestMethod": SHA256,
}
# Whatever has an id, in whichever version.
_bearers_of_id = etree.XPath(
    "//*[" + " or ".join(f"@u{index}:Id = $id" for index in range(len(UTILITY_NAMESPACES))) + "]",
    namespaces={f"u{index}": namespace for index, namespace in enumerate(UTILITY_NAMESPACES)},
)


def signature_markup(body: etree._Element, secret: str) -> str:
    """Return the ds:Signature of a Body as text."""
    digest = b64encode(hashlib.sha256(canonical(body)).digest()).decode()
    value = hmac.digest(secret.encode(), (_CANONICAL_SIGNED_INFO % digest).encode(), "sha256")
    return (
        f'<ds:Signature xmlns:ds="{DS}">{_SIGNED_INFO % digest}'
        f"<ds:SignatureValue>{b64encode(value).decode()}</ds:SignatureValue></ds:Signature>"
    )


def read_signature(security: etree._Element, envelope: Envelope) -> Signature | None:
    """Return the signature in a security header, after comparing its digest with the body.

    Raises:
        RefusalError: the signature does not have the one form, or is about another body.
    """
    found = security.findall(f"{{{DS}}}Signature")
    if not found:
        return None
    signed_info = found[0].find(f"{{{DS}}}SignedInfo")
    if len(found) > 1 or signed_info is None:
        raise _invalid("there is one signature, with a SignedInfo")
    reference = _check_form(signed_info)
    _check_body_is_meant(envelope)
    digest = _decode(reference.findtext(f"{{{DS}}}DigestValue"))
    if not hmac.compare_digest(digest, hashlib.sha256(canonical(envelope.body)).digest()):
        raise RefusalError(FaultCode.FAILED_CHECK, "the digest of the body is wrong")
    return Signature(canonical(signed_info), _decode(found[0].findtext(f"{{{DS}}}SignatureValue")))


def _check_form(signed_info: etree._Element) -> etree._Element:
    for path, algorithm in _REQUIRED.items():
        elements = signed_info.findall(path)
        if [element.get("Algorithm") for element in elements] != [algorithm] or len(elements[0]):
            raise _invalid(f"{path.rpartition('}')[2]} must be {algorithm}, once")
    references = signed_info.findall(_REFERENCE)
    if len(references) != 1 or references[0].get("URI") != f"#{BODY_ID}":
        raise _invalid("the signature refers to the Body")
    return references[0]


def _check_body_is_meant(envelope: Envelope) -> None:
    # Were two elements of that id, a signature over one could be shown for the other.
    if _bearers_of_id(envelope.root, id=BODY_ID) != [envelope.body]:
        raise _invalid("the Body, and nothing else, has the id the signature refers to")


def _decode(text: str | None) -> bytes:
    try:
        return b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        raise _invalid("a value is not base64") from None


def _invalid(reason: str) -> RefusalError:
    return RefusalError(FaultCode.INVALID_SECURITY, reason)
