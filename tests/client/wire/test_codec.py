"""Whatever comes back, `decode` gives an answer of the server to this message, or one of our errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from esolutions_client.errors import DeliveryError, ProtocolError, RejectedError, UnreachableError
from esolutions_client.wire import codec
from esolutions_client.wire import messages as m
from esolutions_client.wire.security import SOAP, Credentials

if TYPE_CHECKING:
    from datetime import datetime

Signed = Callable[..., bytes]
MESSAGE_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
STATUS = "SyncProxyStatus"


def decode(body: bytes, credentials: Credentials, operation: str = STATUS) -> m.Response:
    """Read an answer to the message of these tests."""
    return codec.decode(operation, MESSAGE_ID, body, credentials)


def test_a_receipt_is_read(signed: Signed, receipt: str, credentials: Credentials, moment: datetime) -> None:
    """What the other tests spoil."""
    assert decode(signed(receipt), credentials) == m.Receipt(
        "5ec01d01-0000-4000-8000-000000000000", MESSAGE_ID, moment, (m.DeviceOutcome("ABC123456", m.Outcome.ACCEPTED),)
    )


@pytest.mark.parametrize(
    ("word", "outcome"), [("Held", m.Outcome.HELD), ("Refused", m.Outcome.REFUSED), ("Deferred", m.Outcome.REFUSED)]
)
def test_only_accepted_means_accepted(
    signed: Signed, receipt: str, credentials: Credentials, word: str, outcome: m.Outcome
) -> None:
    """A word that a newer server may have for an outcome is a refusal here, and no reason to send it all again."""
    answer = decode(signed(receipt.replace("Accepted", word)), credentials)
    assert isinstance(answer, m.Receipt)
    assert [device.outcome for device in answer.devices] == [outcome]


@given(body=st.binary(max_size=300), operation=st.sampled_from(sorted(codec.OPERATIONS.values())))
@example(body=b"", operation=STATUS)
@example(body=b"<?xml version='1.0' encoding='x-unknown'?><a/>", operation=STATUS)
@example(body=f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(), operation=STATUS)
@example(body=f'<e:Envelope xmlns:e="{SOAP}"/>'.encode(), operation=STATUS)
@example(body=f'<e:Envelope xmlns:e="{SOAP}"><e:Body><!-- x --></e:Body></e:Envelope>'.encode(), operation=STATUS)
@example(body=f'<e:Envelope xmlns:e="{SOAP}"><e:Body><e:Fault/></e:Body></e:Envelope>'.encode(), operation=STATUS)
def test_any_bytes_are_an_error_of_ours(credentials: Credentials, body: bytes, operation: str) -> None:
    """They are not signed: a fault, or a broken answer, and never another exception."""
    with pytest.raises(DeliveryError):
        decode(body, credentials, operation)


PIECES = st.sampled_from(
    [
        "ReceiptId",
        "InReplyTo",
        "IssuedAt",
        "Device",
        "Command",
        "Outcome",
        "SerialNumber",
        "Meter",
        "LastValue",
        "Repeat",
    ]
)
TREES: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(["", "x", "1", MESSAGE_ID, "2026-03-01T02:17:00Z", "2026-03-01T02:17:00", "-1", "PT7200S"]),
    lambda inner: st.lists(st.tuples(PIECES, inner), max_size=5).map(
        lambda parts: "".join(f"<tns:{name}>{content}</tns:{name}>" for name, content in parts)
    ),
    max_leaves=12,
)
ROOTS = st.sampled_from(["SyncProxyStatusReceipt", "SyncProxyResponse", "RegisterProxyReceipt", "Nothing"])


@given(root=ROOTS, content=TREES, operation=st.sampled_from(sorted(codec.OPERATIONS.values())))
def test_any_signed_content_is_an_answer_or_an_error_of_ours(
    signed: Signed, credentials: Credentials, root: str, content: str, operation: str
) -> None:
    """Even from a server that holds the secret: what does not fit the contract is refused."""
    try:
        answer = decode(signed(f"<tns:{root}>{content}</tns:{root}>"), credentials, operation)
    except DeliveryError:
        return
    assert answer.in_reply_to == MESSAGE_ID
    assert answer.issued_at.tzinfo is not None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("soap:Server", UnreachableError),
        ("soap:Server.Busy", UnreachableError),
        ("Server", UnreachableError),
        ("soap:Client", RejectedError),
        ("soap:Client.Schema", RejectedError),
        ("soap:VersionMismatch", RejectedError),
        ("soap:MustUnderstand", RejectedError),
        ("wsse:UnsupportedSecurityToken", RejectedError),
        ("wsse:FailedAuthentication", ProtocolError),
        ("wsse:FailedCheck", ProtocolError),
        ("wsse:InvalidSecurity", ProtocolError),
        ("wsu:MessageExpired", ProtocolError),
        (" wsu:MessageExpired\n", ProtocolError),
    ],
)
def test_a_fault_becomes_what_to_do_next(credentials: Credentials, code: str, error: type[DeliveryError]) -> None:
    """Try later, try later and look, or do not try again."""
    fault = f"<e:Fault><faultcode>{code}</faultcode><faultstring>because</faultstring></e:Fault>"
    with pytest.raises(error, match="because"):
        decode(f'<e:Envelope xmlns:e="{SOAP}"><e:Body>{fault}</e:Body></e:Envelope>'.encode(), credentials)


def test_an_answer_with_a_document_type_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """SOAP 1.1 section 3: no document type, so no entity is ever resolved."""
    harmless = b"<!DOCTYPE a>" + signed(receipt)
    billion = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>'
    outside = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'
    for body in (harmless, billion, outside):
        with pytest.raises(ProtocolError, match="document type"):
            decode(body, credentials)


def test_an_answer_nobody_signed_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """A proxy server on the way can say nothing in the server's name."""
    unsigned = re.sub(rb"<ds:Signature .*</ds:Signature>", b"", signed(receipt))
    with pytest.raises(ProtocolError, match="not the Communication Server's"):
        decode(unsigned, credentials)


def test_an_answer_signed_for_another_proxy_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """Its secret is another."""
    with pytest.raises(ProtocolError, match="another secret"):
        decode(signed(receipt, "another"), credentials)


def test_the_answer_to_another_message_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """However genuine: an old receipt acknowledges nothing new."""
    other = receipt.replace(MESSAGE_ID, "00000000-0000-4000-8000-000000000000")
    with pytest.raises(ProtocolError, match="is to message 00000000-"):
        decode(signed(other), credentials)


def test_the_answer_of_another_operation_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """A receipt of a status is no answer to a sync, nor to a bill."""
    for operation in set(codec.OPERATIONS.values()) - {STATUS}:
        with pytest.raises(ProtocolError):
            decode(signed(receipt), credentials, operation)


def test_a_second_body_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """Before the signed one or behind it, in the envelope's own namespace: who knows which would be read?"""
    envelope = signed(receipt)
    forged = b"<e:Body>" + receipt.replace("Accepted", "Refused").encode() + b"</e:Body>"
    for changed in (
        envelope.replace(b"</e:Envelope>", forged + b"</e:Envelope>"),
        envelope.replace(b"<e:Body ", forged + b"<e:Body "),
    ):
        with pytest.raises(ProtocolError):
            decode(changed, credentials)


def test_a_truncated_answer_is_refused(signed: Signed, receipt: str, credentials: Credentials) -> None:
    """At any byte."""
    envelope = signed(receipt)
    for end in range(0, len(envelope), 7):
        with pytest.raises(ProtocolError):
            decode(envelope[:end], credentials)


@given(data=st.data())
def test_only_what_is_billed_is_signed_and_the_secret_is_sent_once(
    any_request: Any, any_envelope: Any, credentials: Credentials, moment: datetime, data: st.DataObject
) -> None:
    """The proxy's secret is in its registration and nowhere else; each request is one element in the body."""
    request, envelope = data.draw(any_request), data.draw(any_envelope)
    body = codec.encode(envelope, request, credentials, random=bytes(8), created_at=moment)
    root = etree.fromstring(body)
    assert credentials.secret.encode() not in body
    assert (b"<ns0:Secret>" in body) == isinstance(request, m.ProxyRegistration)
    assert (b"SignatureValue" in body) == isinstance(request, m.BillingTransaction)
    assert [etree.QName(part).localname for part in root] == ["Header", "Body"]
    assert [etree.QName(part).localname for part in root[1]] == [codec.operation_of(request)]


@given(data=st.data())
def test_every_field_reaches_the_wire(
    any_request: Any, any_envelope: Any, credentials: Credentials, moment: datetime, data: st.DataObject
) -> None:
    """Zeep leaves out what the contract has no place for, and says nothing: there must be no such field."""
    request, envelope = data.draw(any_request), data.draw(any_envelope)
    root = etree.fromstring(codec.encode(envelope, request, credentials, random=bytes(8), created_at=moment))
    content = root[1][0]
    written = sum(len(element.attrib) + bool(element.text) for element in content.iter())
    # Who registers begins anew, and has no receipt to acknowledge.
    unsaid = isinstance(request, m.ProxyRegistration) and envelope.last_receipt_id is not None
    assert written == _values_in(asdict(envelope)) - unsaid + _values_in(asdict(request))


def _values_in(part: Any) -> int:
    if isinstance(part, dict):
        return sum(map(_values_in, part.values()))
    if isinstance(part, list | tuple):
        return sum(map(_values_in, part))
    return part is not None and part != ""
