"""A policy that the server accepts is one that the client accepts: what nobody could keep to is no term of anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from esolutions_client.planning.schedule import Schedule
from esolutions_client.wire import codec
from esolutions_server.domain.policy import Policy
from esolutions_server.domain.ranges import RangeError
from esolutions_server.soap.lexical import format_datetime, in_days, in_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden

MINUTES = st.integers(-10, 100_000).map(lambda minutes: timedelta(minutes=minutes))
DAYS = st.integers(-5, 500).map(lambda days: timedelta(days=days))
# Near the edges of what is accepted, and anywhere.
TERMS = st.fixed_dictionaries(
    {
        "poll_interval": st.integers(59, 241).map(lambda minutes: timedelta(minutes=minutes)) | MINUTES,
        "silent_after": DAYS | MINUTES,
        "answer_within": DAYS | MINUTES,
        "low_supply_percent": st.integers(-1, 101) | st.integers(),
    }
)
REPORT = "5-sync-proxy-report"


def policy_of(terms: dict[str, Any]) -> Policy | None:
    """Return the policy of some terms, if the server would run on it."""
    try:
        return Policy(**terms)
    except RangeError:
        return None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(terms=TERMS)
@example(terms={"poll_interval": timedelta(hours=1), "silent_after": timedelta(days=366), "low_supply_percent": 0})
@example(terms={"poll_interval": timedelta(hours=4), "silent_after": timedelta(days=1), "low_supply_percent": 100})
@example(terms={"answer_within": timedelta(days=366)})
def test_what_a_server_accepts_as_its_terms_a_client_obeys(
    golden: Golden, signed_again: Callable[[str], str], terms: dict[str, Any]
) -> None:
    """Spelled as the server spells it and signed, the command is read with just these terms, and kept to the minute."""
    policy = policy_of(terms)
    assume(policy is not None)
    assert policy is not None
    exchange = next(one for one in golden.exchanges if one.name == REPORT)
    answer_by = datetime(2026, 4, 1, tzinfo=UTC) + policy.answer_within
    text = exchange.answer.decode()
    for old, new in (
        ("PollInterval>PT7200S<", f"PollInterval>{in_seconds(policy.poll_interval)}<"),
        ("SilentAfter>P7D<", f"SilentAfter>{in_days(policy.silent_after)}<"),
        ("LowSupplyPercent>20<", f"LowSupplyPercent>{policy.low_supply_percent}<"),
        ("AnswerBy>2026-04-04T00:00:00Z<", f"AnswerBy>{format_datetime(answer_by)}<"),
    ):
        assert old in text
        text = text.replace(old, new)
    message_id = exchange.request.partition(b"MessageId>")[2].partition(b"<")[0].decode()
    answer: Any = codec.decode("SyncProxy", message_id, signed_again(text).encode(), golden.credentials)
    (command,) = answer.commands
    assert (command.poll_interval, command.silent_after) == (policy.poll_interval, policy.silent_after)
    assert (command.low_supply_percent, command.answer_by) == (policy.low_supply_percent, answer_by)
    assert Schedule().polling_every(command.poll_interval).poll_interval == policy.poll_interval
