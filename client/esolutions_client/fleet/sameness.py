"""Say whether what shows a serial number is the printer that is known by it.

A serial number alone proves nothing: settings are copied from machine to
machine with it, and whole families show the same text after a reset. A fact
that is unknown on either side contradicts nothing. It does not look anything
up and moves no printer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from esolutions_client.fleet.guard import movement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["MOST_PAGES_A_MINUTE", "Count", "Evidence", "Verdict", "is_same_machine", "is_still_there"]

# Cut-sheet presses print some 300 pages a minute.
MOST_PAGES_A_MINUTE = 500
_ONE_MINUTE = timedelta(minutes=1)


class Count(NamedTuple):
    """What a meter shows, after which value it starts again, and whether it counts pages."""

    value: int
    rollover_at: int | None = None
    is_of_pages: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells a machine from others, besides its serial number, and when that was seen.

    The engine id of SNMP version 3 (RFC 3411) will be one more such fact.
    """

    model: str | None = None
    hardware_addresses: frozenset[str] = frozenset()
    meters: Mapping[str, Count] = field(default_factory=dict)
    seen_at: datetime | None = None


class Verdict(NamedTuple):
    """Whether it is the same machine; where not, what differs, without any value that must stay at the site."""

    is_same: bool
    reason: str = ""


_SAME = Verdict(is_same=True)


def is_same_machine(known: Evidence, shown: Evidence) -> Verdict:
    """Judge a machine that shows a known serial number at another address: whatever differs speaks against it."""
    reason = (
        _hardware_differs(known, shown) or _model_differs(known, shown) or _fallen(known, shown) or _leapt(known, shown)
    )
    return Verdict(is_same=False, reason=reason) if reason else _SAME


def is_still_there(known: Evidence, shown: Evidence) -> Verdict:
    """Judge a machine that shows its serial number where it always was.

    A hardware address that is known settles it: firmware changes the name of a model, and counters are guarded apart.
    """
    if known.hardware_addresses and shown.hardware_addresses:
        reason = _hardware_differs(known, shown)
    else:
        reason = _model_differs(known, shown) or _leapt(known, shown)
    return Verdict(is_same=False, reason=reason) if reason else _SAME


def _hardware_differs(known: Evidence, shown: Evidence) -> str:
    """A machine with several interfaces is known by any of them."""
    if not known.hardware_addresses or not shown.hardware_addresses:
        return ""
    return "" if known.hardware_addresses & shown.hardware_addresses else "its hardware address is another"


def _model_differs(known: Evidence, shown: Evidence) -> str:
    if not known.model or not shown.model or known.model.casefold() == shown.model.casefold():
        return ""
    return f"its model is {shown.model}, not {known.model}"


def _fallen(known: Evidence, shown: Evidence) -> str:
    for name, before, after in _pairs(known, shown):
        if movement([before.value], [after.value], [after.rollover_at]) == "backwards":
            return f"{name} shows {after.value} after {before.value}"
    return ""


def _leapt(known: Evidence, shown: Evidence) -> str:
    """More than any printer prints in the time; unknown where the clock says that no time has passed."""
    if known.seen_at is None or shown.seen_at is None or shown.seen_at < known.seen_at:
        return ""
    most = int(((shown.seen_at - known.seen_at) / _ONE_MINUTE + 1) * MOST_PAGES_A_MINUTE)
    for name, before, after in _pairs(known, shown):
        if after.is_of_pages and after.value - before.value > most:
            return f"{name} shows {after.value} so soon after {before.value}"
    return ""


def _pairs(known: Evidence, shown: Evidence) -> list[tuple[str, Count, Count]]:
    return [(name, count, shown.meters[name]) for name, count in known.meters.items() if name in shown.meters]
