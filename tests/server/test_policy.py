"""What an operator may decide is checked where it is said: in the file, on the command line, in a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.cli.policy_file import read_policy
from esolutions_server.domain.policy import Policy
from esolutions_server.domain.policy_document import document_of, policy_of
from esolutions_server.domain.ranges import RangeError
from esolutions_server.reference import open_server, stored_terms
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    "term",
    [
        {"poll_interval": 59 * MINUTE},
        {"poll_interval": 241 * MINUTE},
        {"poll_interval": timedelta(hours=2, microseconds=5)},
        {"silent_after": 12 * HOUR},
        {"silent_after": 36 * HOUR},
        {"silent_after": 400 * DAY},
        {"low_supply_percent": -5},
        {"low_supply_percent": 10**30},
        {"answer_within": timedelta(0)},
        {"answer_within": -DAY},
        {"freshness": timedelta(0)},
        {"contact_grace": -HOUR},
        {"credible_increase_per_minute": 0},
        {"signup": "perhaps"},
    ],
)
def test_a_term_that_no_client_could_keep_to_is_refused(term: dict[str, Any]) -> None:
    """By name, with what it can be."""
    with pytest.raises(RangeError, match=next(iter(term))):
        Policy(**term)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("poll_interval_minutes = 10", "poll_interval is 0:10:00, which is not from 1:00:00 to 4:00:00"),
        ("poll_interval_minutes = '120'", "poll_interval_minutes is '120': give a whole number"),
        ("low_supply_percent = true", "low_supply_percent is True: give a whole number"),
        ("low_supply_percent = 101", "low_supply_percent is 101, which is not from 0 to 100"),
        ("silent_after_days = 9999999999999", "silent_after_days is 9999999999999, which is more than any range has"),
        ("pol_interval = 3", "a key is 'pol_interval', which is none of signup,"),
        ("signup = 'never'", "signup is 'never', which is none of required, automatic"),
        ("silent_after_days = 7\nsilent_after_seconds = 7", "sets silent_after a second time"),
        ("silent_after_days = ", "cannot be read"),
    ],
)
def test_a_policy_file_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the file, the key, and what was expected."""
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(StartError) as refused:
        read_policy(file, None)
    assert str(file) in str(refused.value)
    assert said in str(refused.value)


def test_a_policy_file_sets_the_terms(tmp_path: Path) -> None:
    """Those that it leaves out are as by default; the command line has the last word on signing up."""
    file = tmp_path / "policy.toml"
    file.write_text('poll_interval_minutes = 90\nsilent_after_days = 3\nsignup = "automatic"\n')
    assert read_policy(file, None) == Policy(poll_interval=90 * MINUTE, silent_after=3 * DAY, signup="automatic")
    assert read_policy(file, "required").signup == "required"
    assert read_policy(None, None) == Policy()


POLICIES = st.builds(
    Policy,
    poll_interval=st.integers(3600, 14400).map(lambda seconds: timedelta(seconds=seconds)),
    silent_after=st.integers(1, 366).map(lambda days: days * DAY),
    low_supply_percent=st.integers(0, 100),
    requires_binding=st.booleans(),
    signup=st.sampled_from(["required", "automatic"]),
)


@given(POLICIES)
def test_a_policy_that_is_kept_is_the_same_policy(policy: Policy) -> None:
    """Commands beside a server work on all its terms, not only on how devices are signed up."""
    assert policy_of(document_of(policy)) == policy


def test_commands_beside_a_server_go_by_its_policy(tmp_path: Path) -> None:
    """A request by hand is due when that server would say."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    policy = Policy(answer_within=9 * DAY, low_supply_percent=5)
    open_server(url, now=lambda: datetime(2026, 1, 1, tzinfo=UTC), rng=Random(1), policy=policy).close()
    assert stored_terms(url).policy == policy
