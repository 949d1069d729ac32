"""What an operator may decide is checked where it is said: in the file, on the command line, in a call."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esolutions_server.cli.application import run
from esolutions_server.cli.policy_file import PolicyFileError, read_policy
from esolutions_server.domain.policy import Policy
from esolutions_server.domain.policy_document import KEYS, document_of, expected_of, policy_of
from esolutions_server.domain.ranges import RangeError
from esolutions_server.reference import open_server, stored_terms

if TYPE_CHECKING:
    from collections.abc import Callable
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
        ("poll_interval_minutes = 10", "1: poll_interval_minutes: expected a whole number from 60 to 240, found 10"),
        (
            "\npoll_interval_minutes = '1'",
            '2: poll_interval_minutes: expected a whole number from 60 to 240, found "1"',
        ),
        ("low_supply_percent = true", "1: low_supply_percent: expected a whole number from 0 to 100, found true"),
        ("low_supply_percent = 101", "1: low_supply_percent: expected a whole number from 0 to 100, found 101"),
        ("silent_after_days = 9999999999999", "silent_after_days: expected a whole number from 1 to 366, found 9999"),
        ("silent_after_seconds = 90000", "expected a whole number from 86400 to 31622400, in whole days, found 90000"),
        ("freshness_seconds = 0", "1: freshness_seconds: expected a whole number from 1 to 3600, found 0"),
        ("contact_grace_minutes = 1e30", "contact_grace_minutes: expected a whole number from 0 to 43200, found 1e+30"),
        ("requires_binding = 1", "1: requires_binding: expected true or false, found 1"),
        ("pol_interval_minutes = 3", 'expected a known key (the nearest is "poll_interval_minutes"), found an unknown'),
        ("signup = 'never'", '1: signup: expected one of "automatic", "required", found "never"'),
        (
            "silent_after_days = 7\nsilent_after_seconds = 604800",
            "2: silent_after_seconds: expected no other key for the same term, found silent_after_days",
        ),
        ("silent_after_days = ", "1: the file: expected TOML, found"),
    ],
)
def test_a_policy_file_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the file, the line, the key, what was expected and what was found."""
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(PolicyFileError) as refused:
        read_policy(file, None)
    assert str(refused.value).startswith(f"{file}:")
    assert said in str(refused.value)


VALUES = ["-1", "0", "1.5", "nan", "true", '"x"', "[]", "{}", "[[1]]", "2026-01-05", "9" * 5000, "[" * 3000]
GOOD = """\
# The terms of a testbed.
signup = "automatic"
detection_delay_minutes = 0
poll_interval_minutes = 60

silent_after_days = 14
low_supply_percent = 10
requires_binding = true
credible_increase_per_minute = 60
"""


def mistake(reading: Callable[[], object]) -> PolicyFileError | None:
    """Return our error, if reading meets one; any other escapes."""
    try:
        reading()
    except PolicyFileError as error:
        return error
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 400), st.integers(0, 30) | st.none(), st.sampled_from(VALUES) | st.text(max_size=5))
def test_any_mutation_of_a_policy_file_is_read_or_told(
    tmp_path: Path, start: int, length: int | None, instead: str
) -> None:
    """With the file and a line; never with a traceback."""
    if length is None:
        lines = GOOD.split("\n")
        place = start % len(lines)
        lines[place] = f"{lines[place].partition('=')[0]}= {instead}"
        text = "\n".join(lines)
    else:
        text = GOOD[:start] + instead + GOOD[start + length :]
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8", errors="replace")
    error = mistake(lambda: read_policy(file, None))
    assert error is None or re.fullmatch(r".+?:\d+: .+?: expected .+, found .+", str(error))


def test_serve_refuses_terms_with_a_mistake_before_it_makes_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, the line on stderr, no data directory."""
    path = tmp_path / "policy.toml"
    path.write_text("low_supply_percent = 130\n", encoding="utf-8")
    words = ["serve", "--policy", str(path), "--data-dir", str(tmp_path / "data")]
    assert run(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), rng=Random(1), arguments=words) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "low_supply_percent: expected a whole number from 0 to 100, found 130" in told
    assert not (tmp_path / "data").exists()


def test_the_documentation_has_every_key_with_type_and_default(pytestconfig: pytest.Config) -> None:
    """Each row of docs/policy-file.md, and no other."""
    page = (pytestconfig.rootpath / "docs" / "policy-file.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in row.split("|")[1:4]) for row in re.findall(r"^\| `.*", page, re.MULTILINE)]
    usual = Policy()
    expected = []
    for key, (name, unit) in KEYS.items():
        value = getattr(usual, name)
        expected.append((f"`{key}`", expected_of(key), f"`{json.dumps(value if unit is None else value // unit)}`"))
    assert rows == expected


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
