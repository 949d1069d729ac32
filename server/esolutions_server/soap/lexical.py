"""The lexical forms of xs:dateTime and xs:duration, as the wire has them: read strictly, written in one form."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from esolutions_server.service.errors import FaultCode, RefusalError

__all__ = ["format_datetime", "in_days", "in_seconds", "read_datetime", "read_interval"]

# No clock shows another year; from here on nothing overflows.
_YEARS = range(1970, 2200)
_SHOWN = 40
_TIME = re.compile(r"\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))\s*")
_INTERVAL = re.compile(r"P(?:(\d{1,4})D|T(\d{1,6})([HMS]))")
_UNITS = {"H": "hours", "M": "minutes", "S": "seconds"}


def read_datetime(text: str, code: FaultCode = FaultCode.CLIENT, *, name: str = "a moment") -> datetime:
    """Return an xs:dateTime as an aware UTC datetime, in whole seconds; `name` is how a refusal calls it.

    Raises:
        RefusalError: it is none, or leaves its time zone open.
    """
    match = _TIME.fullmatch(text)
    with suppress(ValueError, OverflowError):
        if match is not None:
            time = datetime.fromisoformat(match[1])
            if match[3] != "Z":
                time = time.astimezone(UTC)
            if match[2]:
                time = time.replace(microsecond=0)
            if time.year in _YEARS:
                return time
    years = f"from {_YEARS.start} to {_YEARS.stop - 1}"
    expected = f"an xs:dateTime with its time zone, in a year {years}"
    raise RefusalError(code, f"{name} is {text[:_SHOWN]!r}, expected {expected}")


def format_datetime(time: datetime) -> str:
    """Return an aware datetime as the wire has it."""
    # As isoformat spells it, without the offset.
    return time.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


def read_interval(text: str) -> timedelta:
    """Return an interval that the schema found well-formed.

    Raises:
        RefusalError: it is of several units.
    """
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise RefusalError(FaultCode.CLIENT, "an interval is a duration in one unit")
    if match[1]:
        return timedelta(days=int(match[1]))
    return timedelta(**{_UNITS[match[3]]: int(match[2])})


def in_seconds(duration: timedelta) -> str:
    """Return a duration as seconds: PT7200S."""
    return f"PT{int(duration.total_seconds())}S"


def in_days(duration: timedelta) -> str:
    """Return a duration as days: P7D."""
    return f"P{duration.days}D"
