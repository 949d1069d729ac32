"""The billing calendar of the swarm: when the periods of a contract end.

It is a second implementation on purpose: the server's own calendar is what it checks, and is not asked.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["period_ends"]

_MONTHS = {"Monthly": 1, "Quarterly": 3, "SemiAnnual": 6}


def period_ends(contract: Mapping[str, Any], since: datetime, until: datetime) -> list[datetime]:
    """Return the ends of all periods after `since` and up to `until`, oldest first, in UTC.

    A period ends on the anchor day, or on the last of a shorter month, at midnight where the printer stands.
    `contract` has a `frequency`, an `anchor_day` and a `time_zone`, as the server's equipment has them.
    """
    zone = ZoneInfo(contract["time_zone"])
    step = _MONTHS[str(contract["frequency"])]
    ends = []
    # A day further on either side in UTC is another month somewhere.
    for month in range(since.year * 12 + since.month - 2, until.year * 12 + until.month + 1):
        year, index = divmod(month, 12)
        if index % step:
            continue
        day = min(contract["anchor_day"], calendar.monthrange(year, index + 1)[1])
        ends.append(datetime.combine(datetime(year, index + 1, day, tzinfo=zone).date(), time(0), zone).astimezone(UTC))
    return [end for end in ends if since < end <= until]
