"""Golden envelopes of what is unusual: a meter that cannot be read, a printer that was replaced, a reason."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.wire import codec
from esolutions_client.wire import messages as m
from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.referee.specification import element_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden, GoldenServer

SERIAL = "ABC123456"
UNREAD = "Fax Impressions"
VALUES = {
    "Total Impressions": 3408642,
    "Color Impressions": 1904400,
    "Black Impressions": 1504242,
    "Large Impressions": 1100642,
    UNREAD: None,
}
SUPPLIES = {"Black Toner": 9100, "Cyan Toner": 8400, "Magenta Toner": 8300, "Yellow Toner": 8200, "Transfer Belt": 9900}


def moment(text: str) -> datetime:
    """Return a moment of 2026 in UTC."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


def command(number: int) -> str:
    """Return the id of a golden command."""
    return f"c0337a4d-000{number}-4000-8000-000000000000"


REQUESTS: dict[str, m.Request] = {
    "8": m.SyncRequest("Scheduled", moment("05-01T01:10:00"), 0, fleet_digest([SERIAL])),
    "9": m.BillingTransaction(
        "b2222222-0000-4000-8000-000000000000",
        (
            m.DeviceReading(
                SERIAL,
                command(3),
                moment("05-01T02:17:04"),
                tuple(m.Meter(name, value) for name, value in VALUES.items()),
                tuple(m.Supply(name, "ok", "tenths", 20000, level) for name, level in SUPPLIES.items()),
            ),
        ),
    ),
    "a": m.SyncRequest("Scheduled", moment("06-01T01:10:00"), 0, fleet_digest([SERIAL])),
    "b": m.BillingTransaction(
        "b3333333-0000-4000-8000-000000000000", (m.DeviceReading(SERIAL, command(4), None, state="Replaced"),)
    ),
}
RECEIPTS = {
    "9": m.DeviceOutcome(SERIAL, m.Outcome.HELD, "Fax Impressions cannot be read"),
    "b": m.DeviceOutcome(SERIAL, m.Outcome.ACCEPTED),
}


def exchange_of(golden: Golden, digit: str) -> Any:
    """Return an exchange by its digit."""
    return next(exchange for exchange in golden.later if exchange.name[0] == digit)


def test_the_server_answers_with_the_golden_bytes(golden: Golden, server: GoldenServer) -> None:
    """After the usual conversation: the reading is held with its reason, the replaced printer leaves service."""
    for exchange in (*golden.exchanges, *golden.later):
        answer = server.play(exchange)
        assert (answer.status, answer.body) == (200, exchange.answer), exchange.name
    assert len(list(server.administration.every.bills())) == 5
    held = {bill.meter: bill.value for bill in server.administration.every.held()}
    assert held == VALUES
    assert [device.state for device in server.administration.every.devices()] == ["replaced"]


@pytest.mark.parametrize("digit", REQUESTS)
def test_the_client_writes_exactly_the_golden_bytes(golden: Golden, digit: str) -> None:
    """A meter without a value keeps both its tags; a state comes in the place of all that is read."""
    exchange = exchange_of(golden, digit)
    before = f"{int(digit, 16) - 1:x}"
    envelope = m.Envelope(
        f"c0ffee0{digit}-0000-4000-8000-000000000000",
        exchange.moment,
        "3f333df6-90a4-4fda-8dd3-9485d27cee36",
        exchange.moment.replace(day=2, second=0),
        last_receipt_id=f"5ec01d0{before}-0000-4000-8000-000000000000",
    )
    made = codec.encode(
        envelope, REQUESTS[digit], golden.credentials, random=exchange.random, created_at=exchange.moment
    )
    assert made == exchange.request


@pytest.mark.parametrize("digit", RECEIPTS)
def test_the_client_reads_the_reason(golden: Golden, digit: str) -> None:
    """It is there where the outcome is not Accepted."""
    answer = codec.decode(
        "SubmitBillingTransaction",
        f"c0ffee0{digit}-0000-4000-8000-000000000000",
        exchange_of(golden, digit).answer,
        golden.credentials,
    )
    assert isinstance(answer, m.Receipt)
    assert answer.devices == (RECEIPTS[digit],)


def test_every_byte_is_accounted_for(golden: Golden) -> None:
    """A value less, a reason more, a state instead of a reading: the difference is that of the fields alone."""
    sizes = {}
    for exchange in golden.later:
        for body in (exchange.request, exchange.answer):
            found = account(body)
            assert found is not None
            assert found.is_exact
            sizes[exchange.name[0], found.message] = found.measured - found.published
    assert sizes["9", "SubmitBillingTransaction"] == -7
    reason = element_cost("Reason") + len("Fax Impressions cannot be read") + len("Held") - len("Accepted")
    assert sizes["9", "SubmitBillingTransactionReceipt"] == reason
    assert sizes["b", "SubmitBillingTransactionReceipt"] == 0


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("9-submit-unreadable-meter-answer", "<tns:Reason>Fax Impressions cannot be read</tns:Reason>", ""),
        ("b-submit-replaced-answer", "</tns:Outcome>", "</tns:Outcome><tns:Reason>Because</tns:Reason>"),
        (
            "b-submit-replaced-request",
            "</ns0:State>",
            "</ns0:State><ns0:ReadDate>2026-06-01T02:17:04Z</ns0:ReadDate>",
        ),
        ("b-submit-replaced-request", "</ns0:State>", '</ns0:State><ns0:Meter Name="Total Impressions">1</ns0:Meter>'),
    ],
    ids=["no reason", "a reason for nothing", "a date beside a state", "a meter beside a state"],
)
def test_the_referee_finds_what_says_nothing_and_what_is_not_said(
    golden: Golden, name: str, old: str, new: str
) -> None:
    """A field that its receiver has no use for is filler; an outcome that is not Accepted has a reason."""
    text = golden.read(name).decode()
    assert old in text
    with pytest.raises(UnknownContentError):
        account(text.replace(old, new, 1).encode())


def test_the_golden_digests_are_what_plain_hashing_gives(golden: Golden, signed_again: Callable[[str], str]) -> None:
    """Password digests, body digests and signatures follow from the text, by `hashlib` alone."""
    for exchange in golden.later:
        text = exchange.request.decode()
        created = re.search(r"<wsu:Created>([^<]+)", text).group(1)  # type: ignore[union-attr]
        proof = hashlib.sha1(
            exchange.nonce + created.encode() + golden.credentials.secret.encode(), usedforsecurity=False
        ).digest()
        assert base64.b64encode(proof).decode() in text
        for signed in (text, exchange.answer.decode()):
            assert "Signature" not in signed or signed_again(signed) == signed
