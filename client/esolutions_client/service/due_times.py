"""What is due when, from the times in the store.

A time that the clock has not reached yet was written while the clock was
wrong. It is taken for one that is long past: the client does too much once
rather than wait for days it had imagined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.service.policy_in_force import schedule_in_force

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.store.store import Store

__all__ = ["DueTimes"]


class DueTimes:
    """The schedule of one client as it stands."""

    def __init__(self, store: Store, schedule: Schedule, now: Callable[[], datetime]) -> None:
        self._store = store
        self._schedule = schedule
        self._now = now

    def poll_at(self) -> datetime:
        """Return when the next poll is due; a time in the past where it is overdue."""
        schedule = schedule_in_force(self._schedule, self._store.settings)
        return schedule.next_poll_at(self._passed(self._store.settings.last_poll_at)) or self._now()

    def contact_at(self) -> tuple[datetime | None, bool]:
        """Return when to call the server next, and whether a sync is due by then."""
        retry_at = self.retry_at()
        sync_at = self._scheduled_sync_at()
        if self._store.outbox.waiting():
            # Waiting messages go at once, unless the last attempt failed.
            flush_at = retry_at or self._now()
            return flush_at, sync_at is not None and sync_at <= flush_at
        if sync_at is None:
            return None, False
        return (max(sync_at, retry_at) if retry_at else sync_at), True

    def may_contact(self) -> bool:
        """Whether the back-off after a failure is over."""
        retry_at = self.retry_at()
        return retry_at is None or retry_at <= self._now()

    def sync_at(self) -> datetime | None:
        """Return when the next sync is due, after the back-off; None where nothing is registered."""
        scheduled, retry_at = self._scheduled_sync_at(), self.retry_at()
        return scheduled if scheduled is None or retry_at is None else max(scheduled, retry_at)

    def retry_at(self) -> datetime | None:
        """Return when the back-off after failures in a row ends; None where the server was reached last."""
        failures = self._store.settings.failures
        failed_at = self._passed(self._store.settings.last_failure_at) if failures else None
        return self._schedule.retry_at(failed_at, failures) if failed_at else None

    def _scheduled_sync_at(self) -> datetime | None:
        settings = self._store.settings
        since = self._passed(settings.last_sync_at) or self._passed(settings.registered_at)
        return None if since is None else self._schedule.next_sync_at(since)

    def _passed(self, time: datetime | None) -> datetime | None:
        return None if time is None or time > self._now() else time
