"""Read the virtual clock of a testbed: a file that another process sets.

Sixteen bytes, little-endian: seconds since 1970 as a float64, and a counter
as a uint64. It is never set here.
"""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["VirtualClock"]

LAYOUT = struct.Struct("<dQ")


class VirtualClock:
    """The moment that a clock file shows, at every call."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), LAYOUT.size, access=mmap.ACCESS_READ)

    def __call__(self) -> datetime:
        """Return the moment, aware UTC."""
        seconds, _ = LAYOUT.unpack(self._memory[: LAYOUT.size])
        return datetime.fromtimestamp(seconds, UTC)

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()
