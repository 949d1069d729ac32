"""Read one printer once, from the network or from a recorded walk; nothing is stored.

The command line's `read` is these two functions.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from esolutions_client.readings.supplies import LOW_PERCENT
from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableReplyError
from esolutions_client.snmp.noting import noting
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.replay import ReplayPort
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.walkfile import read_walk_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from esolutions_client.readings import PrinterReading

__all__ = ["meet_printer", "meet_walk", "read_printer", "read_walk"]

_LOG = logging.getLogger(__name__)
_MOST_TOLD = 20


def meet_printer(
    port: SnmpPort, target: Target, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT
) -> Identified:
    """Identify the printer at an address; of several the one at the target's hrDeviceIndex, or the first.

    Raises:
        SnmpError: it did not answer, or not usably, or no printer is at that index.
    """
    wanted = target.device_index
    notes: dict[str, str] = {}
    conversation = identify(now=now, version=target.version, low_percent=low_percent, device_index=wanted)
    for batch in port.converse([(target, noting(conversation, notes))]):
        for _, outcome in batch:
            _tell(target.host, notes)
            if isinstance(outcome, SnmpError):
                raise outcome
            if outcome.others and wanted not in (None, outcome.layout.device_index):
                raise UnusableReplyError(f"{target.host}: no printer is at hrDeviceIndex {wanted}")
            return outcome
    raise SilentError(f"{target.host} gave no answer")


def _tell(host: str, notes: dict[str, str]) -> None:
    """Log which values cannot be read, so that a number that is missing is not a riddle."""
    for oid, reason in list(notes.items())[:_MOST_TOLD]:
        _LOG.warning("%s: the value of %s cannot be read: %s", host, oid, reason)
    if len(notes) > _MOST_TOLD:
        _LOG.warning("%s: %d more values cannot be read", host, len(notes) - _MOST_TOLD)


def read_printer(
    port: SnmpPort, target: Target, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT
) -> PrinterReading:
    """Return what the printer at an address shows, as `meet_printer` finds it.

    Raises:
        SnmpError: it did not answer, or not usably.
    """
    return meet_printer(port, target, now=now, low_percent=low_percent).reading


def meet_walk(
    path: Path, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT, device_index: int | None = None
) -> Identified:
    """Identify a recorded printer through the same parser as a real one; log how many lines gave no row.

    Raises:
        WalkFileError: the file has no usable row; the message says why and what was expected.
        SnmpError: the recorded printer is not usable.
    """
    target = Target(path.name, device_index=device_index)
    return meet_printer(ReplayPort(read_walk_file(path, tell=_LOG.warning)), target, now=now, low_percent=low_percent)


def read_walk(path: Path, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT) -> PrinterReading:
    """Return what a recorded printer shows, as `meet_walk` finds it.

    Raises:
        WalkFileError: the file has no usable row; the message says why and what was expected.
        SnmpError: the recorded printer is not usable.
    """
    return meet_walk(path, now=now, low_percent=low_percent).reading
