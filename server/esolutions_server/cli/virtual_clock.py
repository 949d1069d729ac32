"""Read the virtual clock of a testbed: a file that another process sets.

Sixteen bytes, little-endian: seconds since 1970 as a float64, and a counter
as a uint64. It is never set here. A testbed that is given none has a clock of
its own, which `clock` sets.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["VirtualClock"]

LAYOUT = struct.Struct("<dQ")
# Sixteen letters of ASCII are a number, too: none between 2^25, in January 1971, and 2^128.
_EARLIEST = datetime(1972, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
_INSTEAD = "without --clock a testbed has a clock of its own, which `clock freeze`, `set`, `advance` and `speed` move"


class VirtualClock:
    """The time that a clock file shows, at every call."""

    def __init__(self, path: Path) -> None:
        """Look at a clock file from now on.

        Raises:
            StartError: it is none.
        """
        self._path = path
        try:
            content = path.read_bytes()
        except OSError as error:
            raise StartError(f"the clock file {path} cannot be read: {error.strerror}") from error
        if len(content) != LAYOUT.size:
            text = f"it has {len(content)} bytes, expected {LAYOUT.size}"
            raise StartError(f"{path} is no clock file: {text}; {_INSTEAD}")
        shown = _time_of(content)
        if shown is None:
            raise StartError(f"{path} is no clock file: it shows no moment of the years 1972 to 2199; {_INSTEAD}")
        self._shown = shown

    def __call__(self) -> datetime:
        """Return the time, aware UTC: the last one that was seen while the file is being written anew."""
        # Not mapped into memory: a program that looks at a page which a file has lost is killed by the system.
        with suppress(OSError):
            self._shown = _time_of(self._path.read_bytes()) or self._shown
        return self._shown


def _time_of(content: bytes) -> datetime | None:
    if len(content) != LAYOUT.size:
        return None
    seconds, _ = LAYOUT.unpack(content)
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds < _LATEST else None
