"""The schedule: pure functions of the proxy's id and of what is in the store."""

from __future__ import annotations

import time as system_time
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.planning.schedule import SYNC_WINDOW, Schedule
from esolutions_client.planning.system_zone import SystemZone
from tests.support.seen import some

PROXIES = st.uuids(version=4).map(str)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones
ZERO, DAY = timedelta(0), timedelta(days=1)
PLANS = st.builds(
    lambda proxy, minutes, at, window: Schedule.for_proxy(
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
def test_the_next_poll_is_after_the_last_and_within_an_interval(schedule: Schedule, last: datetime) -> None:
    """Strictly after, at most one interval later: never twice at a moment, never skipped."""
    following = schedule.next_poll_at(last)
    assert following is not None
    assert ZERO < following - last <= schedule.poll_interval


@given(PLANS, MOMENTS)
def test_polls_on_time_are_an_interval_apart(schedule: Schedule, last: datetime) -> None:
    """The offset of a proxy is its own and stays."""
    first = schedule.next_poll_at(last)
    assert first is not None
    second = schedule.next_poll_at(first)
    assert second is not None
    assert second - first == schedule.poll_interval


@given(PLANS, MOMENTS, st.floats(0, 1, exclude_max=True))
def test_a_poll_that_was_late_delays_no_other(schedule: Schedule, last: datetime, lateness: float) -> None:
    """Work done late, within its own interval, leaves the next where it was."""
    due = schedule.next_poll_at(last)
    assert due is not None
    assert (
        schedule.next_poll_at(due + schedule.poll_interval * lateness) == due + schedule.poll_interval
        or lateness > 0.999999
    )


@given(PLANS)
def test_a_printer_that_was_never_polled_is_polled_at_once(schedule: Schedule) -> None:
    """There is no last poll to count from."""
    assert schedule.next_poll_at(None) is None


@given(PLANS, MOMENTS)
def test_there_is_one_sync_a_day_at_its_own_time(schedule: Schedule, last: datetime) -> None:
    """After the last one, within a day of it, inside the window that was announced."""
    following = schedule.next_sync_at(last)
    assert ZERO < following - last <= DAY
    assert schedule.next_sync_at(following) == following + DAY
    begin = datetime.combine(following.date(), schedule.daily_sync_time, UTC)
    assert any(ZERO <= following - start < schedule.sync_window for start in (begin, begin - DAY))


@given(PLANS, MOMENTS, st.integers(0, 30))
def test_days_without_a_sync_are_not_made_up_for(schedule: Schedule, last: datetime, days: int) -> None:
    """A machine that was off syncs once when it is back, and then on its usual time."""
    back = schedule.next_sync_at(last) + timedelta(days=days)
    assert schedule.next_sync_at(back) == back + DAY


@given(PLANS, MOMENTS, st.integers(1, 20))
def test_each_failure_doubles_the_wait_up_to_a_limit(schedule: Schedule, failed_at: datetime, failures: int) -> None:
    """Five minutes, ten, twenty, at most twelve hours, all within a quarter of it."""
    wait = schedule.retry_at(failed_at, failures) - failed_at
    nominal = min(timedelta(minutes=5) * 2 ** (failures - 1), timedelta(hours=12))
    assert nominal * 0.75 - timedelta(seconds=1) <= wait <= nominal * 1.25
    longer = schedule.retry_at(failed_at, failures + 1) - failed_at
    assert wait <= longer <= 2 * wait + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 720), (10, 720), (1000, 720)]
)
def test_the_waits_after_failures(failures: int, minutes: int) -> None:
    """As a table, for a schedule without spread."""
    failed_at = datetime(2026, 1, 5, tzinfo=UTC)
    assert Schedule().retry_at(failed_at, failures) == failed_at + timedelta(minutes=minutes)


@given(PROXIES, MOMENTS)
def test_a_restart_changes_nothing(proxy: str, last: datetime) -> None:
    """A schedule made again from the same id is the same schedule: there is no randomness of a process in it."""
    first, second = Schedule.for_proxy(proxy), Schedule.for_proxy(proxy)
    assert first == second
    assert first.next_poll_at(last) == second.next_poll_at(last)


def test_the_offset_of_a_known_proxy_is_the_same_on_every_machine() -> None:
    """No hash seed, no platform: a regression here would move every installed client."""
    schedule = Schedule.for_proxy("0f8fad5b-d9cb-469f-a165-70867728950e")
    last = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert schedule.next_sync_at(last) == datetime(2026, 1, 6, tzinfo=UTC) + schedule.sync_offset
    assert (schedule.poll_offset, schedule.sync_offset) == (timedelta(seconds=2738), timedelta(seconds=19935))


def test_a_thousand_clients_of_one_image_do_not_call_together() -> None:
    """Their syncs are spread over the window, their polls over the interval, as evenly as chance has it."""
    plans = [Schedule.for_proxy(f"00000000-0000-4000-8000-{number:012}") for number in range(1000)]
    for offsets, span in (
        ([schedule.sync_offset for schedule in plans], timedelta(hours=9)),
        ([schedule.poll_offset for schedule in plans], timedelta(hours=2)),
    ):
        tenths = [
            sum(span * tenth / 10 <= offset < span * (tenth + 1) / 10 for offset in offsets) for tenth in range(10)
        ]
        assert sum(tenths) == 1000
        assert all(60 < count < 140 for count in some(tenths))


def test_the_last_sync_may_be_spelled_in_any_zone() -> None:
    """The sync time is that of the schedule's zone, UTC where none is handed in."""
    schedule = Schedule(daily_sync_time=time(2, 0))
    tokyo = datetime.fromisoformat("2026-01-06T08:30:00+09:00")
    assert schedule.next_sync_at(tokyo) == datetime(2026, 1, 6, 2, 0, tzinfo=UTC)


ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Santiago", "Asia/Kolkata", "UTC")
ZONED = st.builds(
    lambda proxy, zone, at: Schedule.for_proxy(proxy, daily_sync_time=at, time_zone=ZoneInfo(zone)),
    PROXIES,
    st.sampled_from(ZONES),
    st.sampled_from([time(0, 0), time(2, 30), time(22, 0)]),
)


@given(ZONED, MOMENTS)
def test_each_local_day_has_one_sync_in_its_own_window(schedule: Schedule, last: datetime) -> None:
    """Also where clocks are changed that night, and where midnight itself is skipped."""
    syncs = [last]
    for _ in range(4):
        syncs.append(schedule.next_sync_at(syncs[-1]))
    windows = [(sync - schedule.sync_offset).astimezone(schedule.time_zone) for sync in syncs[1:]]
    assert all(after.date() - before.date() == DAY for before, after in pairwise(windows))
    assert all(timedelta(hours=22) < after - before < timedelta(hours=26) for before, after in pairwise(syncs[1:]))
    assert all(
        window.time() in {schedule.daily_sync_time, _an_hour_later(schedule.daily_sync_time)} for window in windows
    )


def _an_hour_later(at: time) -> time:
    return (datetime.combine(date(2026, 1, 1), at) + timedelta(hours=1)).time()


def test_the_window_follows_the_clocks_of_the_site() -> None:
    """Midnight in Berlin is 23:00 UTC in winter and 22:00 in summer; the wire is told the one that is in force."""
    schedule = Schedule(time_zone=ZoneInfo("Europe/Berlin"))
    before, after = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert schedule.next_sync_at(before) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert schedule.next_sync_at(after) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert (schedule.daily_sync_time_utc(before), schedule.daily_sync_time_utc(after + DAY)) == (
        time(23, 0),
        time(22, 0),
    )


def test_a_million_clients_of_one_zone_are_spread_over_nine_hours() -> None:
    """Thirty-one a second, where an hour had 278; each hour of the window gets its ninth."""
    assert timedelta(hours=9) == SYNC_WINDOW
    last = datetime(2026, 1, 5, 12, tzinfo=UTC)
    plans = [Schedule.for_proxy(f"00000000-0000-4000-8000-{number:012}") for number in range(9000)]
    hours = [schedule.next_sync_at(last).hour for schedule in plans]
    assert set(hours) == set(range(9))
    assert all(850 < hours.count(hour) < 1150 for hour in range(9))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@given(moment=st.integers(946_684_800, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_the_zone_of_the_machine_is_what_its_system_says(zone: str, moment: datetime) -> None:
    """As a data base of zones has it, also in the hour that comes twice, and back again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        system_time.tzset()
        local = moment.astimezone(SystemZone())
        expected = moment.astimezone(ZoneInfo(zone))
        assert local.replace(tzinfo=None) == expected.replace(tzinfo=None)
        assert (local.utcoffset(), local.fold) == (expected.utcoffset(), expected.fold)
        assert local.astimezone(UTC) == moment
    system_time.tzset()


@pytest.mark.parametrize(
    "moment", [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
)
def test_the_hour_that_comes_twice_is_two_hours(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both show 02:30 in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    system_time.tzset()
    local = moment.astimezone(SystemZone())
    assert (local.hour, local.minute, local.astimezone(UTC)) == (2, 30, moment)
    monkeypatch.undo()
    system_time.tzset()


@given(PLANS, st.integers(1, 2000))
def test_a_server_may_change_the_poll_interval_within_reason(schedule: Schedule, minutes: int) -> None:
    """From one hour to four; the proxy's own place in the interval stays."""
    changed = schedule.polling_every(timedelta(minutes=minutes))
    assert changed.poll_interval == timedelta(minutes=min(max(minutes, 60), 240))
    assert ZERO <= changed.poll_offset < changed.poll_interval
    assert changed.next_sync_at(datetime(2026, 1, 5, tzinfo=UTC)) == schedule.next_sync_at(
        datetime(2026, 1, 5, tzinfo=UTC)
    )
