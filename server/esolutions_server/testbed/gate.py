"""Let requests pass, or close until those on their way have ended: what is done then, no request sees half of."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Gate"]


class Gate:
    """A gate that many pass at once, and one at a time closes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._passing = 0
        self._is_closed = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Pass, having waited until the gate is open."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._passing += 1
        try:
            yield
        finally:
            with self._changed:
                self._passing -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Close the gate: a thread inside ends first, one that comes waits. Not to be called by one inside."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._is_closed = True
            self._changed.wait_for(lambda: not self._passing)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
