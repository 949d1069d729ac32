"""Let requests pass, or close until those on their way have ended: what is done then, no request sees half of."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Gate", "GateShutError"]


class GateShutError(Exception):
    """What is behind the gate has ended."""


class Gate:
    """A gate that many pass at once, and one at a time closes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._passing = 0
        self._is_closed = False
        self._is_shut = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Pass, having waited until the gate is open.

        Raises:
            GateShutError: it will not open any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_shut or not self._is_closed)
            if self._is_shut:
                raise GateShutError("what has answered here has been removed")
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

    def shut(self) -> None:
        """Close for good: a thread that passes ends first, and one that comes or waits is turned away."""
        with self._changed:
            self._is_shut = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._passing)
