"""Golden envelopes at the server: what it accepts, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden, GoldenServer
from tests.contract.support.changed import fault_like, first_difference


def test_the_server_answers_the_golden_requests_with_the_golden_bytes(golden: Golden, server: GoldenServer) -> None:
    """The whole conversation: registration, activation, status, billing, and a day when nothing is due."""
    for exchange in golden.exchanges:
        answer = server.play(exchange)
        assert (answer.status, answer.body) == (200, exchange.answer), exchange.name
    billed = {bill.meter: bill.value for bill in server.administration.every.bills()}
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
    assert {bill.meter: bill.value for bill in server.administration.every.bills()}["Total Impressions"] == 3404321
    (request,) = server.administration.every.requests()
    assert (request.state, request.period_end.isoformat()) == ("answered", "2026-04-01T00:00:00+00:00")


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
    assert list(server.administration.every.bills()) == []


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
    bills = list(server.administration.every.bills())
    another = base64.b64encode(b"another!" + bytes(10)).decode()
    again = signed_again(re.sub(r"(?<=Nonce>)[^<]+", lambda _: another, billing.request.decode()))
    answer = server.post(again.encode(), billing.moment)
    assert answer.body == billing.answer
    assert list(server.administration.every.bills()) == bills


def test_a_request_without_content_gets_a_fault(golden: Golden, server: GoldenServer) -> None:
    """A zero-length body is the caller's mistake, not the server's."""
    answer = server.post(b"", golden.exchanges[0].moment)
    assert answer.status == 500
    assert fault_like(golden, "client")(answer.body)
