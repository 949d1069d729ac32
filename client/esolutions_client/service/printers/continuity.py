"""Say whether a poll can come from the machine of the poll before: its serial number is all that a poll proves.

Wrong alarms are cheap: the caller identifies the printer once more. Nothing
is judged for billing here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.service.printers.printer_state import Tracked
    from esolutions_client.snmp.rows.layout import SteadyPoll

__all__ = ["can_follow"]

_TICKS_A_SECOND = 100
# Half a day more than can be: clocks are not good ones, and another machine has been on for days longer.
_TICKS_UNNOTICED = 12 * 60 * 60 * _TICKS_A_SECOND
# More than an office prints on one machine for hours.
_PAGES_A_MINUTE = 10
_PAGES_UNNOTICED = 100


def can_follow(item: Tracked, poll: SteadyPoll, polled_at: datetime) -> bool:
    """Whether an agent has been on, and has printed, for no longer than it can have since the poll before."""
    last, read_at = item.poll, item.read_at
    if last is None or read_at is None:
        return True
    if last.uptime is not None and poll.uptime is not None:
        surplus = poll.uptime - last.uptime - _TICKS_UNNOTICED
        if surplus > 0 and timedelta(seconds=surplus / _TICKS_A_SECOND) > polled_at - read_at:
            return False
    if poll.meter_values is last.meter_values:
        return True  # nothing was printed
    grown = max(map(_growth, last.meter_values, poll.meter_values), default=0)
    return grown <= _PAGES_UNNOTICED or timedelta(minutes=grown / _PAGES_A_MINUTE) <= polled_at - read_at


def _growth(before: int | None, after: int | None) -> int:
    return 0 if before is None or after is None else after - before
