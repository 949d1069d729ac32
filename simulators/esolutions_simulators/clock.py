"""Share one virtual clock between processes through a 16-byte file.

The file holds the time and a generation that rises when the fleet file
beside it has changed. Readers only look: this module neither knows the real
time nor waits.
"""

import mmap
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

__all__ = ["ClockFile"]

# Epoch seconds as a double, then the generation.
_LAYOUT = struct.Struct("<dQ")


class ClockFile:
    """A clock that another process may move.

    One process writes, any number read. Eight aligned octets are copied at
    once, so a reader sees the old time or the new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    @classmethod
    def create(cls, path: Path, at: datetime) -> Self:
        """Write a new clock file that shows ``at`` at generation 0."""
        path.write_bytes(_LAYOUT.pack(at.timestamp(), 0))
        return cls(path)

    def read(self) -> tuple[float, int]:
        """Return the epoch seconds and the generation."""
        epoch, generation = _LAYOUT.unpack(self._memory[:])
        return epoch, generation

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return datetime.fromtimestamp(self.read()[0], UTC)

    def set(self, at: datetime) -> None:
        """Move the clock to ``at``, forwards or backwards."""
        self._memory[:8] = struct.pack("<d", at.timestamp())

    def bump(self) -> int:
        """Tell every reader that the fleet file has changed; return the new generation."""
        generation = self.read()[1] + 1
        self._memory[8:] = struct.pack("<Q", generation)
        return generation

    def close(self) -> None:
        """Let go of the mapping; the file stays."""
        self._memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
