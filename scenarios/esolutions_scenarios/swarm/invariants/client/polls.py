"""How often a client polled in quiescence, and when it called printers silent, beside what the server has asked for.

Neither the client's schedule nor its settings are looked at: only what was
answered on the wire, and when the printers were read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.plan import QUIESCENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["POLLS_KEEP_THE_INTERVAL", "SILENT_IS_SAID_OF_THE_SILENT"]

_A_DAY = timedelta(days=1)
_LEAST_LOOKED_AT = timedelta(days=2)
_EXACT_TO = timedelta(minutes=2)
_SINCE = re.compile(r"since ([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC")
_POLL_INTERVAL = re.compile(rb"PollInterval>PT([0-9]+)S<")
# A sync with something due, or a person, reads a printer between two polls: in a day that breaks two or three spans.
_ONE_KEPT_OF = 4


def _polls_off_beat(site: Site) -> Iterator[str]:
    """Say which printers that are there were not polled at the interval in force."""
    since, interval = _in_force(site)
    if interval is None:
        return
    begins = max(since + interval, site.testbed.now - QUIESCENCE + _A_DAY)
    now = site.testbed.now
    there = {printer.serial_at(now) for printer in site.testbed.fleet}
    for device in site.machine.store.devices.polled():
        rows = reversed(site.machine.store.readings.newest(device.device_id, -1))
        times = [row.read_at for row in rows if row.read_at >= begins]
        if device.serial_number not in there or not times or times[-1] - times[0] < _LEAST_LOOKED_AT:
            continue
        spans = [later - earlier for earlier, later in pairwise(times)]
        kept = sum(abs(span - interval) <= _EXACT_TO for span in spans)
        if kept * _ONE_KEPT_OF < (times[-1] - times[0]) / interval:
            told = f"{len(spans)} polls, {kept} of them after {interval}, which the server asks for"
            yield f"{device.serial_number}: {told}"


def _called_silent_early(site: Site) -> Iterator[str]:
    """Say which printers people were told to be silent that had not been so for as long as the server says."""
    shortest = min(policy.silent_after for policy in site.plan.policies)
    for when, kind, serial, text in site.machine.store.events(-1):
        since = _SINCE.search(text) if kind == "silent" else None
        if kind != "silent":
            continue
        told = None if since is None else datetime.fromisoformat(since[1]).replace(tzinfo=UTC)
        if told is None or datetime.fromisoformat(when) - told < shortest:
            yield f"{serial} was called silent at {when}: {text}"


def _in_force(site: Site) -> tuple[datetime, timedelta | None]:
    """Return the shortest interval in the newest answer with commands, and when it came."""
    taken = [
        (row.sent_at, min(map(int, found)))
        for row in site.machine.store.outbox.sent()
        if row.operation == "SyncProxy"
        and row.outcome == "acknowledged"
        and (found := _POLL_INTERVAL.findall(row.response or b""))
    ]
    if not taken:
        return datetime.min.replace(tzinfo=UTC), None
    sent_at, seconds = max(taken)
    return sent_at, timedelta(seconds=seconds)


POLLS_KEEP_THE_INTERVAL = Invariant(
    "polls_keep_the_interval",
    "in the calm printers are polled at the interval that the server asked for last",
    at_end=_polls_off_beat,
)
SILENT_IS_SAID_OF_THE_SILENT = Invariant(
    "silent_is_said_of_the_silent",
    "a printer is called silent only when it has not answered for as long as the server says",
    at_end=_called_silent_early,
)
