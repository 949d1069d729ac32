"""The schedule of one proxy: polls every two hours, one sync a day, back-off after failures.

All of it is a pure function of the proxy's id and of moments kept in the store,
so a restart changes nothing and overdue work is simply due. Each proxy polls
and syncs at an offset of its own: a thousand clients installed from one image
do not call the server in the same second.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from esolutions_client.planning.backoff import doubling

__all__ = ["Plan"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Plan:
    """What this proxy does when.

    `sync_offset` and `poll_offset` are derived from the proxy's id by `for_proxy`.
    """

    poll_interval: timedelta = timedelta(hours=2)
    daily_sync_time: time = time(2, 0)
    sync_window: timedelta = timedelta(hours=1)
    poll_offset: timedelta = timedelta(0)
    sync_offset: timedelta = timedelta(0)
    retry_spread: float = 1.0

    @classmethod
    def for_proxy(
        cls,
        proxy_id: str,
        *,
        poll_interval: timedelta = timedelta(hours=2),
        daily_sync_time: time = time(2, 0),
        sync_window: timedelta = timedelta(hours=1),
    ) -> Plan:
        """Return the plan of a proxy, its offsets drawn from its id."""
        return cls(
            poll_interval=poll_interval,
            daily_sync_time=daily_sync_time,
            sync_window=sync_window,
            poll_offset=_whole_seconds(poll_interval * _fraction(proxy_id, "poll")),
            sync_offset=_whole_seconds(sync_window * _fraction(proxy_id, "sync")),
            retry_spread=0.75 + 0.5 * _fraction(proxy_id, "retry"),
        )

    def next_poll_at(self, last: datetime | None) -> datetime | None:
        """Return the first poll after `last`; None means at once."""
        if last is None:
            return None
        slots = (last - _EPOCH - self.poll_offset) // self.poll_interval
        return _EPOCH + self.poll_offset + (slots + 1) * self.poll_interval

    def next_sync_at(self, last: datetime) -> datetime:
        """Return the first daily sync after `last` (a sync, or the registration)."""
        start = datetime.combine(last.astimezone(UTC).date(), self.daily_sync_time, UTC) + self.sync_offset - _DAY
        while start <= last:
            start += _DAY
        return start

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
