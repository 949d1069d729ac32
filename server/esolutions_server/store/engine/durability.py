"""Make commits last, many with one flush of the disk.

A commit writes to the log; a caller that needs it to survive a power cut waits in
`settle` until the log was flushed after it. Threads that wait while a flush is
under way are all served by the next one: the disk sets the pace of flushes, not
of commits. What is written is not known here.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["LostWriteError", "SharedFlush", "UnreachedFileError", "flush_file"]

# The contents and the length are enough, where the system can tell them from the rest.
_flush = getattr(os, "fdatasync", os.fsync)


class LostWriteError(Exception):
    """The disk could not keep what was committed."""


class UnreachedFileError(OSError):
    """The file could not even be opened: nothing that was written is lost, and the next flush may cover it."""


class SharedFlush:
    """Counts commits, and flushes for all that were made before the flush began."""

    def __init__(self, flush: Callable[[], None]) -> None:
        """Prepare.

        Args:
            flush: puts on the disk whatever was written before the call; raises OSError where it cannot.
        """
        self._flush = flush
        self._flushing = threading.Lock()
        self._written = 0
        self._lasting = 0
        self._error: OSError | None = None

    def note(self) -> None:
        """Take note of a commit; to be called by one thread at a time, after the commit."""
        self._written += 1

    def settle(self) -> None:
        """Return when all that was committed before the call will survive a power cut.

        Raises:
            LostWriteError: the disk failed, now or before.
            UnreachedFileError: the disk could not be told; what was committed lasts once a later call returns.
        """
        wanted = self._written
        with self._flushing:
            if self._lasting >= wanted:
                return
            # A system that failed to flush once may forget the pages and report the next flush a success.
            if self._error is None:
                covered = self._written
                try:
                    self._flush()
                except UnreachedFileError:
                    raise
                except OSError as error:
                    self._error = error
                else:
                    self._lasting = covered
            if self._error is not None:
                raise LostWriteError(f"what was committed may be lost: {self._error}") from self._error


def flush_file(path: Path) -> None:
    """Put on the disk what any handle of this machine has written to a file.

    Raises:
        UnreachedFileError: it cannot be opened now, for want of descriptors perhaps.
        OSError: the disk failed.
    """
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError as error:
        raise UnreachedFileError(error.errno, error.strerror, str(path)) from error
    try:
        _flush(handle)
    finally:
        os.close(handle)
