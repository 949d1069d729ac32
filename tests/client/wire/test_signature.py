"""Signatures: only the body that was signed, with the secret it was signed with, in the one form there is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from esolutions_client.wire.security import SOAP, Credentials
from esolutions_client.wire.signature import SignatureError, verify

Signed = Callable[..., bytes]


def check(envelope: bytes, credentials: Credentials) -> None:
    """Verify the signature of an envelope over its body."""
    root = etree.fromstring(envelope)
    (body,) = root.iterchildren(f"{{{SOAP}}}Body")
    verify(root, body, credentials.secret)


def test_what_was_signed_is_accepted(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """As it is, and with another way to write the same XML."""
    envelope = signed(receipt)
    check(envelope, credentials)
    check(envelope.replace(b'"', b"'"), credentials)


def test_any_letter_of_the_body_counts(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """Each byte between the tags of the Body, changed one by one: refused, or no longer XML."""
    envelope = signed(receipt)
    begin, end = re.search(rb"<e:Body[^>]*>(.*)</e:Body>", envelope).span(1)  # type: ignore[union-attr]
    accepted = [place for place in range(begin, end) if _is_accepted(envelope, place, credentials)]
    assert accepted == []


def _is_accepted(envelope: bytes, place: int, credentials: Credentials) -> bool:
    changed = envelope[:place] + (b"a" if envelope[place] != ord("a") else b"b") + envelope[place + 1 :]
    try:
        check(changed, credentials)
    except (SignatureError, etree.XMLSyntaxError):
        return False
    return True


def test_any_letter_of_the_signature_counts(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """Digest, value, algorithms: nothing in it may be another."""
    envelope = signed(receipt)
    begin, end = re.search(rb"<ds:SignedInfo.*</ds:SignatureValue>", envelope).span()  # type: ignore[union-attr]
    accepted = [place for place in range(begin, end) if _is_accepted(envelope, place, credentials)]
    assert accepted == []


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1))
def test_another_secret_signs_nothing(secret: str) -> None:
    """A party that does not know the secret cannot speak for the server."""
    body = f'<e:Envelope xmlns:e="{SOAP}"><e:Header/><e:Body><a/></e:Body></e:Envelope>'
    root = etree.fromstring(body)
    from esolutions_client.wire.signature import sign

    root[0].append(sign(root[1], secret))
    verify(root, root[1], secret)
    with pytest.raises(SignatureError, match="another secret"):
        verify(root, root[1], secret + "x")


ALGORITHMS = {
    "a weaker mac": (b"xmldsig-more#hmac-sha256", b"xmldsig#hmac-sha1"),
    "no mac": (b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", b"none"),
    "a weaker digest": (b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1"),
    "another transform": (
        b'Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#',
        b'Transform Algorithm="xslt',
    ),
    "a truncated mac": (
        b'hmac-sha256"/>',
        b'hmac-sha256"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>',
    ),
    "a reference elsewhere": (b'URI="#body"', b'URI="#other"'),
    "a reference to everything": (b'URI="#body"', b'URI=""'),
}


@pytest.mark.parametrize("change", ALGORITHMS)
def test_a_choice_of_algorithms_is_not_offered(
    signed: Signed, receipt: str, credentials: Credentials, change: str
) -> None:
    """A message that names any other is refused before anything is computed with it."""
    old, new = ALGORITHMS[change]
    envelope = signed(receipt)
    assert old in envelope
    with pytest.raises(SignatureError):
        check(envelope.replace(old, new), credentials)


def test_a_missing_or_second_signature_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """One, no more and no less, wherever the second one hides."""
    envelope = signed(receipt)
    signature = re.search(rb"<ds:Signature .*</ds:Signature>", envelope).group()  # type: ignore[union-attr]
    for changed in (
        envelope.replace(signature, b""),
        envelope.replace(signature, signature * 2),
        envelope.replace(b"</e:Header>", b"<x>" + signature + b"</x></e:Header>"),
    ):
        with pytest.raises(SignatureError, match="expected one signature"):
            check(changed, credentials)


def test_a_body_is_not_found_by_its_id(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """The signed body moved aside, another in its place: with the id, or without, it is refused."""
    envelope = signed(receipt)
    body = re.search(rb"<e:Body.*</e:Body>", envelope).group()  # type: ignore[union-attr]
    forged = body.replace(b">Accepted<", b">Refused<")
    aside = b"<x>" + body + b"</x></e:Header>"
    for instead in (forged, forged.replace(b' wsu:Id="body"', b""), forged.replace(b'"body"', b'"other"')):
        with pytest.raises(SignatureError):
            check(envelope.replace(body, instead).replace(b"</e:Header>", aside), credentials)
