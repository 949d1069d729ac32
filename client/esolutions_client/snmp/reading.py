"""Read one printer once, from the network or from a recorded walk; nothing is stored.

The command line's `read` is these two functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.readings.supplies import LOW_PERCENT
from esolutions_client.snmp.errors import SilentError, SnmpError
from esolutions_client.snmp.identify import identify
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.replay import ReplayPort
from esolutions_client.snmp.walkfile import read_walk_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from esolutions_client.readings import PrinterReading

__all__ = ["read_printer", "read_walk"]


def read_printer(
    port: SnmpPort, target: Target, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT
) -> PrinterReading:
    """Identify the printer at an address and return what it shows.

    Raises:
        SnmpError: it did not answer, or not usably.
    """
    conversation = identify(now=now, version=target.version, low_percent=low_percent)
    for batch in port.converse([(target, conversation)]):
        for _, outcome in batch:
            if isinstance(outcome, SnmpError):
                raise outcome
            return outcome.reading
    raise SilentError(f"{target.host} gave no answer")


def read_walk(path: Path, *, now: Callable[[], datetime], low_percent: int = LOW_PERCENT) -> PrinterReading:
    """Return what a recorded printer shows, through the same parser as a real one.

    Raises:
        WalkFileError: the file is no walk; the message names the line and what was expected.
        SnmpError: the recorded printer is not usable.
    """
    return read_printer(ReplayPort(read_walk_file(path)), Target(path.name), now=now, low_percent=low_percent)
