"""Golden envelopes after a server was restored: what the client offers again, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esolutions_client.wire import codec
from esolutions_client.wire import messages as m
from esolutions_scenarios.referee.accounting import account

if TYPE_CHECKING:
    from datetime import datetime

    from tests.contract.support.golden import Golden
from tests.contract.support.golden_messages import DIGEST, INSTANCE, SUBMITTED, id_of, moment

RESTORED: dict[str, tuple[datetime, m.Envelope, m.Request]] = {
    "8-sync-proxy-restored": (
        moment("04-03T02:17:00"),
        m.Envelope(
            id_of("message", 8),
            moment("04-03T02:17:00"),
            INSTANCE,
            moment("04-04T02:17:00"),
            last_receipt_id=id_of("receipt", 7),
        ),
        m.SyncRequest("Scheduled", moment("04-03T01:10:00"), 0, DIGEST),
    ),
    "9-submit-billing-transaction-again": (
        moment("04-03T02:17:03"),
        m.Envelope(
            id_of("message", 6),
            moment("04-01T02:17:08"),
            INSTANCE,
            moment("04-04T02:17:00"),
            attempt=2,
            last_receipt_id=id_of("receipt", 5),
        ),
        replace(
            SUBMITTED,
            devices=tuple(
                replace(device, command_id=id_of("command", 9), period_end=moment("04-01T00:00:00"))
                for device in SUBMITTED.devices
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", RESTORED)
def test_the_client_offers_again_in_exactly_the_golden_bytes(golden: Golden, name: str) -> None:
    """Under its old message id, with the period that the forgotten request was for."""
    exchange = next(exchange for exchange in golden.restored if exchange.name == name)
    at, envelope, request = RESTORED[name]
    made = codec.encode(envelope, request, golden.credentials, random=exchange.random, created_at=at)
    assert made == exchange.request


def test_the_client_reads_from_where_on_a_restored_server_has_forgotten(golden: Golden) -> None:
    """The signed answer names the last receipt that the server knows this proxy to hold."""
    exchange = golden.restored[0]
    answer = codec.decode("SyncProxy", id_of("message", 8), exchange.answer, golden.credentials)
    assert answer.resume_after == id_of("receipt", 3)


def test_what_is_there_after_a_restore_alone_is_accounted_for(golden: Golden) -> None:
    """A receipt's id in the answer, and the end of a period in each row that is offered again: nothing else."""
    for exchange, published, tags in zip(
        golden.restored, (1510 + 1425, 1314 + 1993), ("ResumeAfter", "PeriodEnd"), strict=True
    ):
        body = exchange.answer if tags == "ResumeAfter" else exchange.request
        found = account(body)
        assert found is not None
        assert found.is_exact
        assert len(body) == published + 2 * len(tags) + 13 + {"ResumeAfter": 36, "PeriodEnd": 20}[tags]
        assert tags.encode() in body
