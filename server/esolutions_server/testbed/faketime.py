"""Tell programs under libfaketime what a testbed's clock shows, by the file that FAKETIME_TIMESTAMP_FILE names.

The form is libfaketime's own: a time at which the clock stands, or an offset from the real time. A clock that goes
faster than real time is told as its offset again and again: such a program's clock moves in steps.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.testbed.clock import SettableClock

__all__ = ["FaketimeFile", "spelled_for_faketime"]


class FaketimeFile:
    """A file that follows a clock."""

    def __init__(self, file: Path, clock: SettableClock, real: Callable[[], datetime]) -> None:
        """Write the file, and again at each setting of the clock."""
        self._file = file
        self._clock = clock
        self._real = real
        self._told = ""
        clock.on_change(self.follow)
        self.follow()

    def follow(self) -> None:
        """Write what the clock shows now, if that is news."""
        state = self._clock.state
        told = spelled_for_faketime(self._clock(), self._real(), stands=not state.speed)
        if told == self._told:
            return
        # In one step: a program may read it at any time.
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(f"{told}\n", encoding="ascii")
        os.replace(new, self._file)  # noqa: PTH105 - the same call on every system
        self._told = told

    def remove(self) -> None:
        """Take the file away."""
        self._file.unlink(missing_ok=True)


def spelled_for_faketime(shown: datetime, real: datetime, *, stands: bool) -> str:
    """Return what a clock shows in libfaketime's form; a time is UTC, and wants TZ=UTC where it is read."""
    if stands:
        return f"{shown:%Y-%m-%d %H:%M:%S}"
    return f"{(shown - real).total_seconds():+.3f}"
