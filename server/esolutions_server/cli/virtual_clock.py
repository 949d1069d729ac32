"""Read the virtual clock of a testbed: a file that another process sets.

Sixteen bytes, little-endian: seconds since 1970 as a float64, and a counter
as a uint64. It is never set here. A testbed that is given none has a clock of
its own, which `clock` sets.
"""

from __future__ import annotations

import mmap
import struct
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


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size == LAYOUT.size:
                return mmap.mmap(file.fileno(), LAYOUT.size, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(f"the clock file {path} cannot be read: {reason}") from error
    raise StartError(f"{path} is no clock file: it has {size} bytes, expected {LAYOUT.size}; {_INSTEAD}")


class VirtualClock:
    """The moment that a clock file shows, at every call."""

    def __init__(self, path: Path) -> None:
        """Look at a clock file from now on.

        Raises:
            StartError: it is none.
        """
        self._memory = _mapped(path)
        seconds, _ = LAYOUT.unpack(self._memory[: LAYOUT.size])
        if not _EARLIEST <= seconds < _LATEST:
            raise StartError(f"{path} is no clock file: it shows no moment of the years 1972 to 2199; {_INSTEAD}")

    def __call__(self) -> datetime:
        """Return the moment, aware UTC."""
        seconds, _ = LAYOUT.unpack(self._memory[: LAYOUT.size])
        return datetime.fromtimestamp(seconds, UTC)

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()
