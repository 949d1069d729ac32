"""The schedule: pure functions of the proxy's id and of what is in the store."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.planning.schedule import Plan

PROXIES = st.uuids(version=4).map(str)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones
ZERO, DAY = timedelta(0), timedelta(days=1)
PLANS = st.builds(
    lambda proxy, minutes, at, window: Plan.for_proxy(
        proxy,
        poll_interval=timedelta(minutes=minutes),
        daily_sync_time=at.replace(microsecond=0),
        sync_window=timedelta(minutes=window),
    ),
    PROXIES,
    st.integers(1, 24 * 60),
    st.times(),
    st.integers(1, 23 * 60),
)


@given(PLANS, MOMENTS)
def test_the_next_poll_is_after_the_last_and_within_an_interval(plan: Plan, last: datetime) -> None:
    """Strictly after, at most one interval later: never twice at a moment, never skipped."""
    following = plan.next_poll_at(last)
    assert following is not None
    assert ZERO < following - last <= plan.poll_interval


@given(PLANS, MOMENTS)
def test_polls_on_time_are_an_interval_apart(plan: Plan, last: datetime) -> None:
    """The offset of a proxy is its own and stays."""
    first = plan.next_poll_at(last)
    assert first is not None
    second = plan.next_poll_at(first)
    assert second is not None
    assert second - first == plan.poll_interval


@given(PLANS, MOMENTS, st.floats(0, 1, exclude_max=True))
def test_a_poll_that_was_late_delays_no_other(plan: Plan, last: datetime, lateness: float) -> None:
    """Work done late, within its own interval, leaves the next where it was."""
    due = plan.next_poll_at(last)
    assert due is not None
    assert plan.next_poll_at(due + plan.poll_interval * lateness) == due + plan.poll_interval or lateness > 0.999999


@given(PLANS)
def test_a_printer_that_was_never_polled_is_polled_at_once(plan: Plan) -> None:
    """There is no last poll to count from."""
    assert plan.next_poll_at(None) is None


@given(PLANS, MOMENTS)
def test_there_is_one_sync_a_day_at_its_own_time(plan: Plan, last: datetime) -> None:
    """After the last one, within a day of it, inside the window that was announced."""
    following = plan.next_sync_at(last)
    assert ZERO < following - last <= DAY
    assert plan.next_sync_at(following) == following + DAY
    begin = datetime.combine(following.date(), plan.daily_sync_time, UTC)
    assert any(ZERO <= following - start < plan.sync_window for start in (begin, begin - DAY))


@given(PLANS, MOMENTS, st.integers(0, 30))
def test_days_without_a_sync_are_not_made_up_for(plan: Plan, last: datetime, days: int) -> None:
    """A machine that was off syncs once when it is back, and then on its usual time."""
    back = plan.next_sync_at(last) + timedelta(days=days)
    assert plan.next_sync_at(back) == back + DAY


@given(PLANS, MOMENTS, st.integers(1, 20))
def test_each_failure_doubles_the_wait_up_to_a_limit(plan: Plan, failed_at: datetime, failures: int) -> None:
    """Five minutes, ten, twenty, at most twelve hours, all within a quarter of it."""
    wait = plan.retry_at(failed_at, failures) - failed_at
    nominal = min(timedelta(minutes=5) * 2 ** (failures - 1), timedelta(hours=12))
    assert nominal * 0.75 - timedelta(seconds=1) <= wait <= nominal * 1.25
    longer = plan.retry_at(failed_at, failures + 1) - failed_at
    assert wait <= longer <= 2 * wait + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 720), (10, 720), (1000, 720)]
)
def test_the_waits_after_failures(failures: int, minutes: int) -> None:
    """As a table, for a plan without spread."""
    failed_at = datetime(2026, 1, 5, tzinfo=UTC)
    assert Plan().retry_at(failed_at, failures) == failed_at + timedelta(minutes=minutes)


@given(PROXIES, MOMENTS)
def test_a_restart_changes_nothing(proxy: str, last: datetime) -> None:
    """A plan made again from the same id is the same plan: there is no randomness of a process in it."""
    first, second = Plan.for_proxy(proxy), Plan.for_proxy(proxy)
    assert first == second
    assert first.next_poll_at(last) == second.next_poll_at(last)


def test_the_offset_of_a_known_proxy_is_the_same_on_every_machine() -> None:
    """No hash seed, no platform: a regression here would move every installed client."""
    plan = Plan.for_proxy("0f8fad5b-d9cb-469f-a165-70867728950e")
    last = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert plan.next_sync_at(last) == datetime(2026, 1, 6, 2, 0, tzinfo=UTC) + plan.sync_offset
    assert (plan.poll_offset, plan.sync_offset) == (timedelta(seconds=2738), timedelta(seconds=2215))


def test_a_thousand_clients_of_one_image_do_not_call_together() -> None:
    """Their syncs are spread over the window, their polls over the interval, as evenly as chance has it."""
    plans = [Plan.for_proxy(f"00000000-0000-4000-8000-{number:012}") for number in range(1000)]
    for offsets, span in (
        ([plan.sync_offset for plan in plans], timedelta(hours=1)),
        ([plan.poll_offset for plan in plans], timedelta(hours=2)),
    ):
        tenths = [
            sum(span * tenth / 10 <= offset < span * (tenth + 1) / 10 for offset in offsets) for tenth in range(10)
        ]
        assert sum(tenths) == 1000
        assert all(60 < count < 140 for count in tenths)


def test_a_time_of_day_in_another_zone_is_taken_as_utc() -> None:
    """`last` may be spelled in any zone; the sync time is UTC."""
    plan = Plan(daily_sync_time=time(2, 0))
    tokyo = datetime.fromisoformat("2026-01-06T08:30:00+09:00")
    assert plan.next_sync_at(tokyo) == datetime(2026, 1, 6, 2, 0, tzinfo=UTC)
