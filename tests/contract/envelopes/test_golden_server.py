"""Golden envelopes at the server: what it accepts, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden, GoldenServer

DRAFTS = ("2002/07", "2002/12", "2002/xx", "2003/06")
FINAL = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
DIALECTS = {
    **{
        issue: tuple(f"http://schemas.xmlsoap.org/ws/{issue}/{part}" for part in ("secext", "utility"))
        for issue in DRAFTS
    },
    "2004/01": (f"{FINAL}secext-1.0.xsd", f"{FINAL}utility-1.0.xsd"),
}
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def first_difference(text: str, old: str, new: str) -> bytes:
    """Return the text with one occurrence of a part replaced, as bytes."""
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode()


def fault_like(golden: Golden, name: str) -> Callable[[bytes], bool]:
    """Return a comparer with a golden fault, its words for people apart."""
    expected = _without_reason(golden.read(f"fault-{name}"))
    return lambda body: _without_reason(body) == expected


def _without_reason(body: bytes) -> bytes:
    return re.sub(rb"<faultstring>.+</faultstring>", b"", body)


def test_the_server_answers_the_golden_requests_with_the_golden_bytes(golden: Golden, server: GoldenServer) -> None:
    """The whole conversation: registration, activation, status, billing, and a day when nothing is due."""
    for exchange in golden.exchanges:
        answer = server.play(exchange)
        assert (answer.status, answer.body) == (200, exchange.answer), exchange.name
    billed = {bill.meter: bill.value for bill in server.administration.bills()}
    assert billed == {
        "Total Impressions": 3404321,
        "Color Impressions": 1902200,
        "Black Impressions": 1502121,
        "Large Impressions": 1100321,
        "Fax Impressions": 1200034,
    }


def test_a_restored_server_says_so_and_takes_up_what_it_forgot(golden: Golden, server: GoldenServer) -> None:
    """It was restored from a backup made after exchange 4: it bills what is offered again for the period it was for."""
    for exchange in golden.exchanges[:4]:
        assert server.play(exchange).body == exchange.answer
    for exchange in golden.restored:
        answer = server.play(exchange)
        assert (answer.status, answer.body) == (200, exchange.answer), exchange.name
    assert {bill.meter: bill.value for bill in server.administration.bills()}["Total Impressions"] == 3404321
    (request,) = server.administration.requests()
    assert (request.state, request.period_end.isoformat()) == ("answered", "2026-04-01T00:00:00+00:00")


@pytest.mark.parametrize("place", range(0, 27, 2))
def test_a_digest_with_one_letter_changed_is_refused(golden: Golden, server: GoldenServer, place: int) -> None:
    """FailedAuthentication, and the database is as it was."""
    first = golden.exchanges[0]
    text = first.request.decode()
    digest = re.search(r"PasswordDigest\">([^<]+)", text).group(1)  # type: ignore[union-attr]
    changed = digest[:place] + ("A" if digest[place] != "A" else "B") + digest[place + 1 :]
    before = server.contents()
    answer = server.post(first_difference(text, digest, changed), first.moment)
    assert answer.status == 500
    assert fault_like(golden, "failed-authentication")(answer.body)
    assert server.contents() == before


@pytest.mark.parametrize(
    "away", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1), timedelta(days=2)]
)
def test_a_stale_message_is_refused(golden: Golden, server: GoldenServer, away: timedelta) -> None:
    """More than five minutes to either side of the server's clock, however right the digest."""
    first = golden.exchanges[0]
    before = server.contents()
    answer = server.post(first.request, first.moment + away)
    assert fault_like(golden, "message-expired")(answer.body)
    assert server.contents() == before


def test_a_message_within_five_minutes_is_fresh(golden: Golden, server: GoldenServer) -> None:
    """The clocks of two machines never agree to the second."""
    first = golden.exchanges[0]
    assert server.post(first.request, first.moment + timedelta(minutes=5)).status == 200


def test_a_replayed_message_is_refused(golden: Golden, server: GoldenServer) -> None:
    """The same bytes a second time are somebody else's: the nonce was used."""
    first = golden.exchanges[0]
    assert server.play(first).status == 200
    before = server.contents()
    answer = server.post(first.request, first.moment + timedelta(seconds=3))
    assert fault_like(golden, "failed-authentication")(answer.body)
    assert server.contents() == before


def test_a_message_without_credentials_is_refused(golden: Golden, server: GoldenServer) -> None:
    """InvalidSecurity, whether the security header or all headers are missing."""
    first = golden.exchanges[0]
    text = first.request.decode()
    before = server.contents()
    for part in (r"<wsse:Security .*</wsse:Security>", r"<soap-env:Header>.*</soap-env:Header>"):
        answer = server.post(re.sub(part, "", text).encode(), first.moment)
        assert fault_like(golden, "invalid-security")(answer.body)
    assert server.contents() == before


def test_a_message_from_nobody_known_is_refused(golden: Golden, server: GoldenServer) -> None:
    """A sync of a proxy that never registered fails its authentication."""
    sync = golden.exchanges[2]
    answer = server.post(sync.request, sync.moment)
    assert fault_like(golden, "failed-authentication")(answer.body)


def played_up_to_billing(golden: Golden, server: GoldenServer) -> Any:
    """Play the conversation until the readings are due and return the exchange that carries them."""
    for exchange in golden.exchanges[:5]:
        assert server.play(exchange).status == 200
    return golden.exchanges[5]


def test_a_reading_that_was_changed_on_its_way_is_refused(golden: Golden, server: GoldenServer) -> None:
    """One digit of one meter: the digest of the signature no longer covers the body."""
    billing = played_up_to_billing(golden, server)
    before = server.contents()
    answer = server.post(first_difference(billing.request.decode(), ">3404321<", ">3404322<"), billing.moment)
    assert fault_like(golden, "failed-check")(answer.body)
    assert server.contents() == before
    assert server.administration.bills() == []


def test_a_reading_signed_with_another_secret_is_refused(
    golden: Golden, server: GoldenServer, signed_again: Callable[[str], str]
) -> None:
    """The digest of the body is right, the signature over it is somebody else's."""
    billing = played_up_to_billing(golden, server)
    text = signed_again(billing.request.decode().replace(">3404321<", ">3404322<"))
    value = re.search(r"SignatureValue>([^<]+)", text).group(1)  # type: ignore[union-attr]
    before = server.contents()
    answer = server.post(first_difference(text, value, "A" * 43 + "="), billing.moment)
    assert fault_like(golden, "failed-check")(answer.body)
    assert server.contents() == before


def test_a_reading_without_a_signature_is_refused(golden: Golden, server: GoldenServer) -> None:
    """What is billed must be signed."""
    billing = played_up_to_billing(golden, server)
    before = server.contents()
    unsigned = re.sub(r"<ds:Signature .*</ds:Signature>", "", billing.request.decode())
    answer = server.post(unsigned.encode(), billing.moment)
    assert fault_like(golden, "invalid-security")(answer.body)
    assert server.contents() == before


def test_a_reading_is_billed_once_however_often_it_is_sent(
    golden: Golden, server: GoldenServer, signed_again: Callable[[str], str]
) -> None:
    """The same message under a fresh nonce gets the first receipt, and nothing is billed again."""
    billing = played_up_to_billing(golden, server)
    assert server.play(billing).body == billing.answer
    bills = server.administration.bills()
    another = base64.b64encode(b"another!" + bytes(10)).decode()
    again = signed_again(re.sub(r"(?<=Nonce>)[^<]+", lambda _: another, billing.request.decode()))
    answer = server.post(again.encode(), billing.moment)
    assert answer.body == billing.answer
    assert server.administration.bills() == bills


def test_a_nonce_of_chance_is_refused_once_one_has_bound_its_body(golden: Golden, server: GoldenServer) -> None:
    """A body that was changed on its way has a right digest, and a nonce that is as good as random."""
    assert server.play(golden.exchanges[0]).status == 200
    registration = golden.exchanges[1]
    before = server.contents()
    answer = server.post(
        first_difference(registration.request.decode(), ">ABC123456<", ">ABC123457<"), registration.moment
    )
    assert fault_like(golden, "failed-check")(answer.body)
    answer = server.post(with_nonce(golden, registration.request.decode(), b"sixteen octets.."), registration.moment)
    assert fault_like(golden, "failed-check")(answer.body)
    assert server.contents() == before
    assert server.play(registration).body == registration.answer


@pytest.mark.parametrize("spelling", ["{}", "{{{}}}", " {} ", "urn:uuid:{}"])
def test_a_client_that_spells_its_guid_otherwise_proves_the_same_bytes(
    golden: Golden, server: GoldenServer, spelling: str
) -> None:
    """The user name is neither digested nor bound nor signed; all that is stands byte for byte as it was sent."""
    guid = golden.credentials.proxy_id
    for exchange in golden.exchanges:
        spelled = exchange.request.replace(guid.encode(), spelling.format(guid.upper()).encode())
        if exchange is not golden.exchanges[0]:  # which brings the secret along: nothing proves it but TLS
            before = server.contents()
            changed = re.sub(rb"(Attempt>)1", rb"\g<1>2", spelled)
            assert changed != spelled
            assert server.post(changed, exchange.moment).status == 500
            assert server.contents() == before
        assert server.post(spelled, exchange.moment).status == 200
        assert server.post(exchange.request, exchange.moment).status == 500, "a replay under the other spelling"


def test_a_client_of_chance_nonces_is_served(golden: Golden, server: GoldenServer) -> None:
    """Who never bound a body is taken as WS-Security has it."""
    for exchange in golden.exchanges[:2]:
        chance = with_nonce(golden, exchange.request.decode(), exchange.name.encode()[:16])
        assert server.play(type(exchange)(exchange.name, exchange.moment, chance, b"")).body == exchange.answer


def with_nonce(golden: Golden, text: str, nonce: bytes) -> bytes:
    """Return an envelope with another nonce and the digest that goes with it."""
    created = re.search(r"<wsu:Created>([^<]+)", text).group(1)  # type: ignore[union-attr]
    proof = hashlib.sha1(nonce + created.encode() + golden.credentials.secret.encode(), usedforsecurity=False).digest()
    text = re.sub(r"(?<=PasswordDigest\">)[^<]+", lambda _: base64.b64encode(proof).decode(), text)
    return re.sub(r"(?<=Nonce>)[^<]+", lambda _: base64.b64encode(nonce).decode(), text).encode()


@pytest.mark.parametrize("moved", range(1, 5))
@pytest.mark.parametrize("last", [" ", "\t", "\n", "2"])
def test_an_octet_that_changes_sides_makes_no_new_nonce(
    golden: Golden, server: GoldenServer, last: str, moved: int
) -> None:
    """The digest is over nonce and Created without a separator: no octet can be counted to the other one."""
    first = golden.exchanges[0]
    nonce = b"sixteen octets"[: 16 - moved] + last.encode() * moved
    text = with_nonce(golden, first.request.decode(), nonce).decode()
    created = re.search(r"Created>([^<]+)", text)[1]  # type: ignore[index]
    into_created = (nonce[:-moved], last * moved + created)
    into_nonce = (nonce + created[:moved].encode(), created[moved:])
    before = server.contents()
    for other_nonce, other_created in (into_created, into_nonce):
        shifted = re.sub(r"(?<=Nonce>)[^<]+", base64.b64encode(other_nonce).decode(), text)
        shifted = shifted.replace(f">{created}</wsu:Created></wsse:", f">{other_created}</wsu:Created></wsse:")
        assert b"InvalidSecurityToken" in server.post(shifted.encode(), first.moment).body
    assert server.contents() == before
    assert server.post(text.encode(), first.moment).status == 200


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_version_of_ws_security_is_understood(
    golden: Golden, server: GoldenServer, signed_again: Callable[[str], str], dialect: str, *, inside: bool
) -> None:
    """Five pairs of namespaces, the timestamp inside the security header or beside it; answered in the caller's."""
    own = dict(zip(DIALECTS["2002/07"], DIALECTS[dialect], strict=True))
    for exchange in golden.exchanges:
        text = exchange.request.decode()
        for name, other in own.items():
            text = text.replace(name, other)
        if inside:
            timestamp = re.search(r"<wsu:Timestamp>.*</wsu:Timestamp>", text).group()  # type: ignore[union-attr]
            text = text.replace(timestamp, "").replace("</wsse:Security>", f"{timestamp}</wsse:Security>")
        signed = signed_again(text) if "SignatureValue" in text else text
        answer = server.play(type(exchange)(exchange.name, exchange.moment, signed.encode(), b""))
        assert answer.status == 200, answer.body
        expected = exchange.answer.decode()
        for name, other in own.items():
            expected = expected.replace(name, other)
        assert answer.body.decode() == signed_again(expected)


def test_the_password_type_of_the_final_standard_is_understood(golden: Golden, server: GoldenServer) -> None:
    """A URI there, a qualified name in the drafts."""
    first = golden.exchanges[0]
    uri = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
    changed = first_difference(first.request.decode(), 'Type="wsse:PasswordDigest"', f'Type="{uri}"')
    assert server.post(changed, first.moment).status == 200


@pytest.mark.parametrize(
    ("header", "is_refused"),
    [
        ('<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="1">5</x:Transaction>', True),
        ('<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="0">5</x:Transaction>', False),
        ('<x:Transaction xmlns:x="urn:x">5</x:Transaction>', False),
        (
            '<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="1" soap-env:actor="urn:someone">5</x:Transaction>',
            False,
        ),
    ],
    ids=["mandatory", "stated optional", "optional", "for another actor"],
)
def test_a_header_that_must_be_understood_is_not_ignored(
    golden: Golden, server: GoldenServer, header: str, *, is_refused: bool
) -> None:
    """SOAP 1.1 section 4.2.3: who does not know a mandatory header block refuses the message."""
    first = golden.exchanges[0]
    before = server.contents()
    answer = server.post(
        first_difference(first.request.decode(), "</soap-env:Header>", f"{header}</soap-env:Header>"), first.moment
    )
    assert fault_like(golden, "must-understand")(answer.body) == is_refused
    assert (server.contents() == before) == is_refused


def test_a_request_without_content_gets_a_fault(golden: Golden, server: GoldenServer) -> None:
    """A zero-length body is the caller's mistake, not the server's."""
    answer = server.post(b"", golden.exchanges[0].moment)
    assert answer.status == 500
    assert fault_like(golden, "client")(answer.body)
