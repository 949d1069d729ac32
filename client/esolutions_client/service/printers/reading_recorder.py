"""Take what a printer showed: judge how its meters moved, and tell once what changed about it.

Everything here happens inside a transaction of the caller's.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from esolutions_client.fleet.guard import movement, remembered
from esolutions_client.service.exchanges.reasons import accept_it

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.printers.printer_state import Tracked
    from esolutions_client.snmp.rows.layout import SteadyPoll
    from esolutions_client.store.store import Store

__all__ = ["ReadingRecorder", "Row", "When"]

_LOG = logging.getLogger(__name__)
# What `Readings.add` keeps.
Row = tuple[int, int, int, int | None, str | None, str]


class When(NamedTuple):
    """The time of some readings, in seconds since 1970 too, and by which setting of the clock it was given."""

    read_at: datetime
    seconds: int
    clock_origin: int


class ReadingRecorder:
    """Takes readings and silences of the printers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, item: Tracked, poll: SteadyPoll, when: When) -> Row:
        """Take a reading: judge how the meters moved, note what changed, return the row to keep."""
        device = item.device
        flag: str | None = None
        if poll.meter_values != item.guarded:
            flag = self._guard(item, poll, when.read_at)
        if device.silent_since is not None:
            self._change(item, silent_since=None, silent_reason=None, called_silent_at=None)
            self._store.note(when.read_at, "answers", "it answers again", device.serial_number)
            _LOG.info("%s at %s answers again", device.serial_number, device.host)
        body = item.encode(poll)
        item.poll = poll
        item.read_at = when.read_at
        item.clock_origin = when.clock_origin
        return (device.device_id, when.seconds, item.device.layout_id or 0, poll.uptime, flag, body)

    def _guard(self, item: Tracked, poll: SteadyPoll, at: datetime) -> str | None:
        """Judge how meters moved that are not what they were; return what is to be said of it."""
        moved = "forward"
        if item.guarded:
            assert item.layout is not None  # noqa: S101 - guarded values have a layout
            moved = movement(item.guarded, poll.meter_values, item.layout.rollovers)
        if moved == "backwards":
            self._hold(item, poll, at)
        else:
            item.guarded = remembered(item.guarded, poll.meter_values)
        return None if moved == "forward" else moved

    def _hold(self, item: Tracked, poll: SteadyPoll, at: datetime) -> None:
        """Bill nothing from this printer until a person has looked."""
        if item.device.held_since is not None:
            return
        assert item.layout is not None  # noqa: S101 - only a guarded reading can go backwards
        fallen = ", ".join(
            f"{row.name} from {before} to {after}"
            for row, before, after in zip(item.layout.meters, item.guarded, poll.meter_values, strict=True)
            if before is not None and after is not None and after < before
        )
        self._change(item, held_since=at, held_reason=f"counters went backwards: {fallen}")
        self._store.note(at, "held", f"counters went backwards: {fallen}", item.device.serial_number)
        serial = item.device.serial_number
        _LOG.warning("%s is held, its counters went backwards: %s; %s", serial, fallen, accept_it(serial))

    def silent(self, item: Tracked, reason: str, at: datetime) -> None:
        """Note that a printer does not answer, and why, when that is news; call it silent when that has lasted."""
        device = item.device
        # A clock that was ahead may have written a time that is to come.
        since = min(device.silent_since or at, at)
        if device.silent_since is None or device.silent_reason != reason:
            self._change(item, silent_since=since, silent_reason=reason)
            self._store.note(at, "no answer", reason, device.serial_number)
            _LOG.warning("%s at %s does not answer: %s", device.serial_number, device.host, reason)
        self._call_silent(item, since, reason, at)

    def _call_silent(self, item: Tracked, since: datetime, reason: str, at: datetime) -> None:
        """Call a printer silent, once, that has not answered for as long as the server says; or not any more."""
        device = item.device
        is_silent = at - since >= timedelta(seconds=device.silent_after)
        if is_silent is (device.called_silent_at is not None):
            return
        self._change(item, called_silent_at=at if is_silent else None)
        if is_silent:
            text = f"it has not answered since {since:%Y-%m-%d %H:%M} UTC: {reason}"
            self._store.note(at, "silent", text, device.serial_number)
            _LOG.warning("%s at %s is silent: %s", device.serial_number, device.host, text)

    def _change(self, item: Tracked, **changes: Any) -> None:
        """Change some columns of a printer inside a transaction, and leave what others changed meanwhile."""
        item.device = self._store.devices.save(replace(self.fresh(item), **changes))

    def fresh(self, item: Tracked) -> Device:
        """Return the printer as the store has it: others may have changed it."""
        return self._store.devices.get(item.device.serial_number) or item.device
