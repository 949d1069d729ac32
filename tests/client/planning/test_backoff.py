"""How long to leave alone what fails on this machine."""

from __future__ import annotations

from datetime import timedelta

from esolutions_client.planning.backoff import Backoff

MINUTE, NOTHING = timedelta(minutes=1), timedelta(0)


def test_each_failure_doubles_the_wait_up_to_an_hour() -> None:
    """By a count of seconds that no setting of the clock moves."""
    backoff = Backoff()
    assert backoff.left(5.0) == NOTHING
    assert [backoff.failed(100.0) / MINUTE for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff.left(100.0) == 60 * MINUTE
    assert backoff.left(3640.0) == MINUTE
    assert backoff.left(9999.0) == NOTHING


def test_a_success_begins_anew() -> None:
    """The next failure waits a minute."""
    backoff = Backoff()
    backoff.failed(0.0)
    backoff.failed(0.0)
    backoff.succeeded()
    assert backoff.left(0.0) == NOTHING
    assert backoff.failed(0.0) == MINUTE
