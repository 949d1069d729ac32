"""How values are spelled on the wire: datetimes, durations, times of day.

Each has exactly one spelling, so that the size of a message follows from its
fields. XML Schema part 2: dateTime, duration, time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import time

__all__ = ["format_datetime", "format_span", "format_time_of_day", "parse_datetime", "parse_span"]

_SPAN = re.compile(
    r"P(?:(?P<days>\d{1,4})D|T(?:(?P<hours>\d{1,6})H|(?P<minutes>\d{1,6})M|(?P<seconds>\d{1,6})S))", re.ASCII
)


def format_datetime(value: datetime) -> str:
    """Spell an aware datetime as xs:dateTime in UTC, to the second: `2026-01-31T23:59:59Z`, always 20 characters."""
    # Not strftime: its %Y is not padded to four digits everywhere.
    return value.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def parse_datetime(text: str | datetime) -> datetime:
    """Read an xs:dateTime; one without a zone is refused.

    Raises:
        ValueError: it is no datetime, or names no zone.
    """
    value = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"the moment {text!r} names no time zone")
    return value.astimezone(UTC)


def format_span(span: timedelta, unit: str = "S") -> str:
    """Spell a duration in one unit: `PT7200S`, `PT1H` (unit H) or `P7D` (unit D)."""
    seconds = int(span.total_seconds())
    if unit == "D":
        return f"P{seconds // 86400}D"
    return f"PT{seconds // {'H': 3600, 'M': 60, 'S': 1}[unit]}{unit}"


def parse_span(text: str) -> timedelta:
    """Read a duration in one unit.

    Raises:
        ValueError: it is spelled another way.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"the duration {text!r} is not of the form P7D, PT2H, PT5M or PT7200S")
    return timedelta(**{unit: int(amount) for unit, amount in match.groupdict().items() if amount is not None})


def format_time_of_day(value: time) -> str:
    """Spell a time of day in UTC: `02:17:00Z`."""
    return value.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
