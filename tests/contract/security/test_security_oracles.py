"""WS-Security by other libraries: signxml reads and writes our signatures, zeep computes our password digest."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier
from zeep import ns
from zeep.wsse.username import UsernameToken

from esolutions_client.wire import codec, signature
from esolutions_client.wire import messages as m
from esolutions_client.wire.security import SOAP, WSSE, WSU, Credentials
from esolutions_client.wire.security import password_digest as client_digest
from esolutions_server.service.errors import RefusalError
from esolutions_server.service.exchanges.proxies.credentials import check_proof
from esolutions_server.service.exchanges.proxies.credentials import password_digest as server_digest
from esolutions_server.soap.envelope import open_envelope
from esolutions_server.soap.security import read_credentials, version_of
from esolutions_server.soap.signature import signature_markup
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.contract.support.golden import Golden, GoldenServer

BODY, SECURITY = f"{{{SOAP}}}Body", f".//{{{WSSE}}}Security"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
ONE_FORM = SignatureConfiguration(
    require_x509=False,
    location=".//",
    signature_methods=frozenset([SignatureMethod.HMAC_SHA256]),
    digest_algorithms=frozenset([DigestAlgorithm.SHA256]),
)
SECRETS = st.text("ABCdef012+/", min_size=88, max_size=88)
ASCII = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=64)
MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001 - zeep's are naive
SIGNED = b"<ns0:SubmitBillingTransaction "
QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def verify_elsewhere(envelope: bytes, secret: str) -> etree._Element:
    """Return what signxml finds signed in an envelope, or raise what it finds wrong."""
    result = XMLVerifier().verify(envelope, hmac_key=secret.encode(), id_attribute="Id", expect_config=ONE_FORM)
    assert not isinstance(result, list)
    assert result.signed_xml is not None
    return result.signed_xml


def sign_elsewhere(envelope: etree._Element, secret: str) -> None:
    """Put a signature of signxml's making over the Body of an envelope where ours was, or would be."""
    security, body = envelope.find(SECURITY), envelope.find(BODY)
    assert security is not None
    assert body is not None
    for ours in security.findall(SIGNATURE):
        security.remove(ours)
    body.set(f"{{{WSU}}}Id", "body")
    signer = XMLSigner(
        SignatureConstructionMethod.detached,
        SignatureMethod.HMAC_SHA256,
        DigestAlgorithm.SHA256,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    security.append(signer.sign(envelope, key=secret.encode(), reference_uri="#body", id_attribute="Id"))


def canonical(element: etree._Element) -> bytes:
    """Return the exclusive canonical form of an element."""
    return etree.tostring(element, method="c14n", exclusive=True)


def body_of(document: bytes) -> etree._Element:
    """Return the Body of an envelope."""
    (body,) = etree.fromstring(document).iter(BODY)
    return body


def token_of_zeep(username: str, secret: str, nonce: str, created: datetime) -> etree._Element:
    """Return the wsse:UsernameToken that zeep puts into an envelope."""
    envelope = etree.fromstring(f'<e:Envelope xmlns:e="{SOAP}"/>')
    UsernameToken(username, secret, use_digest=True, nonce=nonce, created=created, zulu_timestamp=True).apply(
        envelope, {}
    )
    (token,) = envelope.iter("{*}UsernameToken")
    return token


def encoded(
    data: st.DataObject, any_request: st.SearchStrategy[m.Request], any_envelope: st.SearchStrategy[m.Envelope]
) -> tuple[bytes, str]:
    """Draw any request as the client writes it, and the secret it was written under."""
    credentials = Credentials("0f8fad5b-d9cb-469f-a165-70867728950e", data.draw(SECRETS))
    request, envelope = data.draw(any_request), data.draw(any_envelope)
    document = codec.encode(envelope, request, credentials, random=bytes(8), created_at=MOMENT)
    return document, credentials.secret


def test_what_was_signed_in_the_golden_conversation_verifies_elsewhere(golden: Golden) -> None:
    """Every answer of the server and every transaction of the client: one signature, over the Body as it is."""
    exchanges = (*golden.exchanges, *golden.restored, *golden.later)
    transactions = [exchange.request for exchange in exchanges if SIGNED in exchange.request]
    documents = [exchange.answer for exchange in exchanges] + transactions
    assert (len(exchanges), len(transactions)) == (13, 4)
    for document in some(documents):
        assert canonical(verify_elsewhere(document, golden.credentials.secret)) == canonical(body_of(document))


@given(data=st.data())
@QUICK
def test_what_the_client_signs_verifies_elsewhere(
    any_request: st.SearchStrategy[m.Request], any_envelope: st.SearchStrategy[m.Envelope], data: st.DataObject
) -> None:
    """Any body; and neither with another secret, nor with another body."""
    document, secret = encoded(data, any_request, any_envelope)
    envelope = etree.fromstring(document)
    for ours in envelope.findall(f"{SECURITY}/{SIGNATURE}"):
        ours.getparent().remove(ours)  # type: ignore[union-attr]
    envelope.find(SECURITY).append(signature.sign(envelope.find(BODY), secret))  # type: ignore[union-attr, arg-type]
    _check_elsewhere(etree.tostring(envelope), secret)


@given(data=st.data())
@QUICK
def test_what_the_server_signs_verifies_elsewhere(
    any_request: st.SearchStrategy[m.Request], any_envelope: st.SearchStrategy[m.Envelope], data: st.DataObject
) -> None:
    """The same of its signer, which writes text where the client's builds elements."""
    document, secret = encoded(data, any_request, any_envelope)
    envelope = etree.fromstring(document)
    body, security = envelope.find(BODY), envelope.find(SECURITY)
    assert body is not None
    assert security is not None
    for ours in security.findall(SIGNATURE):
        security.remove(ours)
    body.set(f"{{{WSU}}}Id", "body")
    security.append(etree.fromstring(signature_markup(body, secret)))
    _check_elsewhere(etree.tostring(envelope), secret)


def _check_elsewhere(document: bytes, secret: str) -> None:
    assert canonical(verify_elsewhere(document, secret)) == canonical(body_of(document))
    with pytest.raises(InvalidSignature):
        verify_elsewhere(document, f"{secret}=")
    changed = document.replace(b"MessageId>", b"MessageId> ", 1)
    assert changed != document
    with pytest.raises(InvalidDigest):
        verify_elsewhere(changed, secret)


@given(data=st.data())
@QUICK
def test_what_is_signed_elsewhere_is_accepted_on_both_sides(
    any_request: st.SearchStrategy[m.Request], any_envelope: st.SearchStrategy[m.Envelope], data: st.DataObject
) -> None:
    """Any body under signxml's signature is the one form that both verifiers know."""
    document, secret = encoded(data, any_request, any_envelope)
    envelope = etree.fromstring(document)
    sign_elsewhere(envelope, secret)
    signature.verify(envelope, envelope.find(BODY), secret)  # type: ignore[arg-type]
    with pytest.raises(signature.SignatureError, match="another secret"):
        signature.verify(envelope, envelope.find(BODY), f"{secret}=")  # type: ignore[arg-type]
    opened = open_envelope(etree.tostring(envelope), None)
    credentials = read_credentials(opened, version_of(opened))
    assert credentials.signature is not None
    check_proof(credentials, secret, must_be_signed=True)
    credentials = replace(credentials, digest=server_digest(credentials.nonce, credentials.created_text, f"{secret}="))
    with pytest.raises(RefusalError, match="the signature is wrong"):
        check_proof(credentials, f"{secret}=", must_be_signed=True)


def test_a_transaction_signed_elsewhere_is_billed(golden: Golden, server: GoldenServer) -> None:
    """The golden server gives it the golden answer."""
    for exchange in golden.exchanges[:5]:
        server.play(exchange)
    billing = golden.exchanges[5]
    envelope = etree.fromstring(billing.request)
    sign_elsewhere(envelope, golden.credentials.secret)
    answer = server.post(etree.tostring(envelope), billing.moment)
    assert (answer.status, answer.body) == (200, billing.answer)


@given(nonce=ASCII, created=MOMENTS, secret=st.text(min_size=1, max_size=88))
def test_both_sides_compute_the_password_digest_of_zeep(nonce: str, created: datetime, secret: str) -> None:
    """UsernameToken profile 1.0, Base64(SHA-1(nonce + created + password)), by a third implementation."""
    token = token_of_zeep("a proxy", secret, nonce, created)
    digest, written = token.findtext("{*}Password"), token.findtext("{*}Created")
    assert written is not None
    assert digest == client_digest(nonce.encode(), written, secret)
    assert digest == b64encode(server_digest(nonce.encode(), written, secret)).decode()


def test_a_registration_with_the_token_of_zeep_is_answered(golden: Golden, server: GoldenServer) -> None:
    """In the namespaces of WS-Security 1.0, which zeep knows; with the digest of another secret it is refused."""
    first = golden.exchanges[0]
    for secret, status in ((f"{golden.credentials.secret}=", 500), (golden.credentials.secret, 200)):
        envelope = etree.fromstring(first.request)
        for block in tuple(envelope[0]):
            envelope[0].remove(block)
        token = token_of_zeep(golden.credentials.proxy_id, secret, f"nonce {status}", first.moment)
        security = etree.SubElement(envelope[0], f"{{{ns.WSSE}}}Security")
        stamp = etree.SubElement(security, f"{{{ns.WSU}}}Timestamp")
        for name, moment in (("Created", first.moment), ("Expires", first.moment + timedelta(minutes=5))):
            etree.SubElement(stamp, f"{{{ns.WSU}}}{name}").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        security.append(token)
        answer = server.post(etree.tostring(envelope), first.moment)
        assert (answer.status, b"FailedAuthentication" in answer.body) == (status, status == 500)
