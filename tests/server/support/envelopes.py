"""Envelopes as a client writes them, by templates of their own: the server is never tested against its own spelling."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from datetime import datetime

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
DRAFT = "http://schemas.xmlsoap.org/ws/2002/07/"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPE = Template(
    "<?xml version='1.0' encoding='utf-8'?>\n"
    f'<soap-env:Envelope xmlns:soap-env="{SOAP}" xmlns:wsse="$wsse" xmlns:wsu="$wsu"><soap-env:Header>'
    '<wsse:Security soap-env:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>$user</wsse:Username>'
    '<wsse:Password Type="$kind">$digest</wsse:Password><wsse:Nonce>$nonce</wsse:Nonce>'
    "<wsu:Created>$created</wsu:Created></wsse:UsernameToken>$signature$inside</wsse:Security>$beside"
    '</soap-env:Header><soap-env:Body wsu:Id="body">$payload</soap-env:Body></soap-env:Envelope>'
)
TIMESTAMP = Template(
    "<wsu:Timestamp><wsu:Created>$created</wsu:Created><wsu:Expires>$expires</wsu:Expires></wsu:Timestamp>"
)
SIGNATURE = Template(
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>'
    f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>'
    f'<ds:Reference URI="#body"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms>'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    "<ds:DigestValue>$digest</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    "<ds:SignatureValue>$value</ds:SignatureValue></ds:Signature>"
)


def spell(moment: datetime) -> str:
    """Spell a moment as the wire has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def tags(**values: object) -> str:
    """Spell elements of the wire, in order; None leaves one out, and text that is markup stays so."""
    return "".join(f"<n:{name}>{value}</n:{name}>" for name, value in values.items() if value is not None)


def canonical(document: bytes, path: str) -> bytes:
    """Return the exclusive canonical form of a part of a document."""
    found = etree.fromstring(document).find(path)
    assert found is not None
    return etree.tostring(found, method="c14n", exclusive=True)


def wrapped(name: str, content: str) -> str:
    """Write a payload element."""
    return f'<n:{name} xmlns:n="{NAMESPACE}">{content}</n:{name}>'
