"""The local time of this machine, as its operating system tells it.

Python knows the system's rules only as an offset at one time; a schedule needs
them for other days, too. No name of a zone is looked for: not every system has one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

__all__ = ["SystemZone"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as clocks show it


class SystemZone(tzinfo):
    """The time zone that the machine is set to, with its summer times."""

    def utcoffset(self, at: datetime | None) -> timedelta:
        """Return how far local clocks are ahead of UTC when they show `at`."""
        shown = _EPOCH if at is None else at.replace(tzinfo=None)
        # A naive datetime stands for local time, by the system's own rules.
        since_epoch = timedelta(seconds=round(shown.timestamp()))
        return (shown.replace(microsecond=0, fold=0) - _EPOCH) - since_epoch

    def dst(self, _at: datetime | None) -> None:
        """Say nothing of what part of the offset is summer time."""
        return

    def tzname(self, _at: datetime | None) -> str:
        """Return what this zone is: the machine's."""
        return "local"

    def fromutc(self, at: datetime) -> datetime:
        """Return what local clocks show at a time of UTC."""
        local = at.replace(tzinfo=UTC).astimezone(None).replace(tzinfo=None)
        again = local.replace(fold=1)
        is_second = round(local.timestamp()) != round(at.replace(tzinfo=UTC).timestamp())
        return (again if is_second else local).replace(tzinfo=self)
