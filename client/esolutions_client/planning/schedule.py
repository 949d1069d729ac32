"""The schedule of one proxy: polls every two hours, one sync a day, back-off after failures.

All of it is a pure function of the proxy's id and of times kept in the store,
so a restart changes nothing and overdue work is simply due. Each proxy polls
and syncs at an offset of its own: a thousand clients installed from one image
do not call the server in the same second, nor a million in the same hour. The
window of the syncs is one of the site's local time; where that comes from, and
how far it is from UTC on which day, the time zone says that is handed in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from esolutions_client.planning.backoff import doubling

__all__ = ["DAILY_SYNC_TIME", "SYNC_WINDOW", "Schedule"]

# From midnight, when billing periods end, to the morning: a million proxies of one zone call at 31 a second.
DAILY_SYNC_TIME = time(0, 0)
SYNC_WINDOW = timedelta(hours=9)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=12)
# The FAQ: "approximately every two hours". A server may ask for more or less, within reason.
_SHORTEST_POLL_INTERVAL = timedelta(minutes=60)
_LONGEST_POLL_INTERVAL = timedelta(minutes=240)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What this proxy does when.

    `daily_sync_time` is the beginning of the sync window in the local time of `time_zone`; `sync_offset` and
    `poll_offset` are derived from the proxy's id by `for_proxy`.
    """

    poll_interval: timedelta = timedelta(hours=2)
    daily_sync_time: time = DAILY_SYNC_TIME
    sync_window: timedelta = SYNC_WINDOW
    poll_offset: timedelta = timedelta(0)
    sync_offset: timedelta = timedelta(0)
    retry_spread: float = 1.0
    time_zone: tzinfo = UTC

    @classmethod
    def for_proxy(
        cls,
        proxy_id: str,
        *,
        poll_interval: timedelta = timedelta(hours=2),
        daily_sync_time: time = DAILY_SYNC_TIME,
        sync_window: timedelta = SYNC_WINDOW,
        time_zone: tzinfo = UTC,
    ) -> Schedule:
        """Return the schedule of a proxy, its offsets drawn from its id."""
        return cls(
            poll_interval=poll_interval,
            daily_sync_time=daily_sync_time,
            sync_window=sync_window,
            poll_offset=_whole_seconds(poll_interval * _fraction(proxy_id, "poll")),
            sync_offset=_whole_seconds(sync_window * _fraction(proxy_id, "sync")),
            retry_spread=0.75 + 0.5 * _fraction(proxy_id, "retry"),
            time_zone=time_zone,
        )

    def polling_every(self, interval: timedelta) -> Schedule:
        """Return this schedule with the poll interval that a server asks for, kept between one hour and four."""
        interval = min(max(interval, _SHORTEST_POLL_INTERVAL), _LONGEST_POLL_INTERVAL)
        return replace(
            self,
            poll_interval=interval,
            poll_offset=_whole_seconds(self.poll_offset * (interval / self.poll_interval)),
        )

    def next_poll_at(self, last: datetime | None) -> datetime | None:
        """Return the first poll after `last`; None means at once."""
        if last is None:
            return None
        slots = (last - _EPOCH - self.poll_offset) // self.poll_interval
        return _EPOCH + self.poll_offset + (slots + 1) * self.poll_interval

    def next_sync_at(self, last: datetime) -> datetime:
        """Return the first daily sync after `last` (a sync, or the registration)."""
        day = last.astimezone(self.time_zone).date() - _DAY
        # A day is as long as clocks there make it: each one's window begins when they show its hour.
        while (start := self._window_begins_on(day) + self.sync_offset) <= last:
            day += _DAY
        return start

    def daily_sync_time_utc(self, at: datetime) -> time:
        """Return when the sync window of the day around `at` begins, in UTC: the zone stays here."""
        return self._window_begins_on(at.astimezone(self.time_zone).date()).time()

    def _window_begins_on(self, day: date) -> datetime:
        # An hour that clocks skip begins when they would have shown it; of one that comes twice it is the first.
        return datetime.combine(day, self.daily_sync_time, self.time_zone).astimezone(UTC)

    def retry_at(self, last_attempt: datetime, failures: int) -> datetime:
        """Return when to try again after `failures` failures in a row: 5 minutes, doubling to 12 hours."""
        wait = doubling(failures, _FIRST_RETRY, _LAST_RETRY)
        return last_attempt + _whole_seconds(wait * self.retry_spread)


def _fraction(proxy_id: str, purpose: str) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{purpose}:{proxy_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _whole_seconds(span: timedelta) -> timedelta:
    return timedelta(seconds=int(span.total_seconds()))
