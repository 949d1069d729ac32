"""Locks on a file that the system takes back when a program dies: many may share one, and one may ask if it is free.

They are advisory, wait for nothing, and say nothing of what is in the file.
"""

from __future__ import annotations

import errno
import sys

__all__ = ["is_free", "share"]

if sys.platform == "win32":
    import msvcrt
    import os

    # Windows has no shared lock for us: each program takes one byte, well behind what is written in the file.
    _FIRST, _SLOTS = 1 << 16, 64

    def share(descriptor: int) -> bool:
        """Take a share of the lock, which closing the file gives back; say whether there was one to have."""
        for slot in range(_SLOTS):
            os.lseek(descriptor, _FIRST + slot, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                continue
            return True
        return False

    def is_free(descriptor: int) -> bool:
        """Whether no program has a share."""
        os.lseek(descriptor, _FIRST, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, _SLOTS)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLOCK}:
                return False
            raise
        os.lseek(descriptor, _FIRST, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, _SLOTS)
        return True

else:
    import fcntl

    def share(descriptor: int) -> bool:
        """Take a share of the lock, which closing the file gives back; say whether there was one to have."""
        return _locked(descriptor, fcntl.LOCK_SH)

    def is_free(descriptor: int) -> bool:
        """Whether no program has a share."""
        return _locked(descriptor, fcntl.LOCK_EX)

    def _locked(descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise
        return True
