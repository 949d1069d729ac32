"""Golden envelopes: what the client writes and reads, byte for byte, against files that no code of ours made."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import DeliveryError, ProtocolError, RejectedError, UnreachableError
from esolutions_client.wire import codec
from esolutions_client.wire import messages as m
from esolutions_scenarios.referee.accounting import account

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden
from tests.contract.support.golden_messages import DIGEST, INSTANCE, NAMES, SUBMITTED, id_of, meters, moment

REQUESTS: dict[str, tuple[datetime, m.Request]] = {
    "1-register-proxy": (
        moment("03-02T10:00:00"),
        m.ProxyRegistration(
            base64.b64encode(bytes(range(64))).decode(),
            moment("03-02T09:50:00"),
            moment("03-02T09:59:50"),
            time(2, 0),
            timedelta(hours=1),
            timedelta(hours=2),
        ),
    ),
    "2-register-proxy-devices": (
        moment("03-02T10:00:00"),
        m.Registration(
            moment("03-02T09:59:50"),
            moment("03-02T09:55:00"),
            moment("03-02T09:59:50"),
            DIGEST,
            (
                m.NewDevice(
                    "ABC123456",
                    moment("03-02T09:59:52"),
                    meters(3400000, 1900000, 1500000, 1100000, 1200000),
                ),
            ),
        ),
    ),
    "3-sync-proxy-turn-on": (
        moment("03-03T02:17:00"),
        m.SyncRequest("Scheduled", moment("03-03T01:10:00"), 0, DIGEST),
    ),
    "4-sync-proxy-status": (
        moment("03-03T02:17:00"),
        m.ProxyStatus(
            (m.DeviceStatus("ABC123456", id_of("command", 1), "Active", moment("03-03T02:17:00"), timedelta(hours=2)),)
        ),
    ),
    "5-sync-proxy-report": (
        moment("04-01T02:17:00"),
        m.SyncRequest("Scheduled", moment("04-01T01:10:00"), 0, DIGEST),
    ),
    "6-submit-billing-transaction": (
        moment("04-01T02:17:08"),
        SUBMITTED,
    ),
    "7-sync-proxy-nothing-due": (
        moment("04-02T02:17:00"),
        m.SyncRequest("Scheduled", moment("04-02T01:10:00"), 0, DIGEST),
    ),
}


NEXT_CONTACT = {"1": "03-03", "2": "03-03", "3": "03-04", "4": "03-04", "5": "04-02", "6": "04-02", "7": "04-03"}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_client_writes_exactly_the_golden_bytes(golden: Golden, name: str) -> None:
    """Every request, to the byte: declaration, prefixes, order, digest, signature."""
    exchange = next(exchange for exchange in golden.exchanges if exchange.name == name)
    number = int(name[0])
    composed_at, request = REQUESTS[name]
    envelope = m.Envelope(
        id_of("message", number),
        composed_at,
        INSTANCE,
        moment(f"{NEXT_CONTACT[name[0]]}T02:17:00"),
        last_receipt_id=id_of("receipt", number - 1) if number > 1 else None,
    )
    made = codec.encode(envelope, request, golden.credentials, random=exchange.random, created_at=exchange.moment)
    assert made == exchange.request


def test_the_golden_digests_are_what_plain_hashing_gives(golden: Golden, signed_again: Callable[[str], str]) -> None:
    """Password digests, body digests and signatures follow from the text, by `hashlib` alone."""
    for exchange in (*golden.exchanges, *golden.restored):
        text = exchange.request.decode()
        created = re.search(r"<wsu:Created>([^<]+)", text).group(1)  # type: ignore[union-attr]
        proof = hashlib.sha1(
            exchange.nonce + created.encode() + golden.credentials.secret.encode(), usedforsecurity=False
        ).digest()
        assert base64.b64encode(proof).decode() in text
        assert f">{base64.b64encode(exchange.nonce).decode()}</wsse:Nonce>" in text
        for signed in (text, exchange.answer.decode()):
            assert "Signature" not in signed or signed_again(signed) == signed


def test_every_golden_message_has_its_published_size(golden: Golden) -> None:
    """The fleet of the conversation is nominal: each message of the FAQ has its formula's size for one device."""
    sizes = {}
    for exchange in golden.exchanges:
        for body in (exchange.request, exchange.answer):
            found = account(body)
            assert found is not None
            assert found.is_exact
            sizes[found.message, found.devices] = len(body)
    published = {
        ("RegisterProxy", 0): 1526,
        ("RegisterProxyDevices", 1): 393 + 1503,
        ("SyncProxy", 0): 1425,
        ("SyncProxyResponse", 0): 1425,
        ("SyncProxyResponse", 1): 1510 + 1425,
        ("SyncProxyStatus", 1): 260 + 1247,
        ("SubmitBillingTransaction", 1): 1314 + 1993,
    }
    assert {key: size for key, size in sizes.items() if not key[0].endswith("Receipt")} == published


def decoded(golden: Golden, number: int) -> m.Response:
    """Return the golden answer of one exchange as the client reads it."""
    exchange = golden.exchanges[number - 1]
    operation = codec.operation_of(REQUESTS[exchange.name][1])
    return codec.decode(operation, id_of("message", number), exchange.answer, golden.credentials)


@pytest.mark.parametrize(("number", "devices"), [(1, 0), (2, 1), (4, 1), (6, 1)])
def test_the_client_reads_the_golden_receipts(golden: Golden, number: int, devices: int) -> None:
    """Receipt, message and outcome of each device come out as they are written."""
    outcomes = (m.DeviceOutcome("ABC123456", m.Outcome.ACCEPTED),) * devices
    moments = {exchange.name[0]: exchange.moment for exchange in golden.exchanges}
    expected = m.Receipt(id_of("receipt", number), id_of("message", number), moments[str(number)], outcomes)
    assert decoded(golden, number) == expected


def test_the_client_reads_the_golden_activation_and_billing_request(golden: Golden) -> None:
    """Both are answers to a sync; every field of their one command is read."""
    turn_on, report, nothing = (decoded(golden, number) for number in (3, 5, 7))
    assert isinstance(turn_on, m.SyncResponse)
    assert isinstance(report, m.SyncResponse)
    assert nothing == m.SyncResponse(id_of("receipt", 7), id_of("message", 7), moment("04-02T02:17:00"), ())
    lasts = (3400000, 1900000, 1500000, 1100000, 1200000)
    read_at = moment("03-02T09:59:52")
    # Thirty impressions for each whole minute from the last reading until the answer is due.
    ceilings = {turn_on: 30 * 5297, report: 30 * 46920}
    common = {"frequency": "Monthly", "period_start": moment("03-01T00:00:00"), "period_end": moment("04-01T00:00:00")}
    common |= {"poll_interval": timedelta(hours=2), "silent_after": timedelta(days=7), "low_supply_percent": 20}
    for number, answer, action, issued, answer_by, not_before in (
        (1, turn_on, "TurnOn", "03-03T02:17:00", "03-06T02:17:00", "03-03T02:17:00"),
        (2, report, "Report", "04-01T02:17:00", "04-04T00:00:00", "04-01T00:00:00"),
    ):
        orders = tuple(
            m.MeterOrder(name, last, read_at, last + ceilings[answer]) for name, last in zip(NAMES, lasts, strict=True)
        )
        assert answer.commands == (
            m.Command(
                command_id=id_of("command", number),
                serial_number="ABC123456",
                action=action,  # type: ignore[arg-type]
                issued_at=moment(issued),
                answer_by=moment(answer_by),
                read_not_before=moment(not_before),
                repeat=0,
                meters=orders,
                **common,  # type: ignore[arg-type]
            ),
        )


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("client", RejectedError),
        ("must-understand", RejectedError),
        ("server", UnreachableError),
        ("failed-authentication", ProtocolError),
        ("failed-check", ProtocolError),
        ("invalid-security", ProtocolError),
        ("message-expired", ProtocolError),
    ],
)
def test_a_golden_fault_says_what_to_do_next(golden: Golden, fault: str, error: type[DeliveryError]) -> None:
    """Refused for good, to be tried again, or to be tried again while a person looks at clock and credentials."""
    with pytest.raises(error):
        codec.decode("SyncProxy", id_of("message", 3), golden.read(f"fault-{fault}"), golden.credentials)


def test_a_rejection_names_its_code(golden: Golden) -> None:
    """What the server said is there for the log."""
    with pytest.raises(RejectedError, match="soap11env:Client: the request has no content"):
        codec.decode("SyncProxy", id_of("message", 3), golden.read("fault-client"), golden.credentials)
