"""The switch of all communication: a small file of fixed size beside the store, written in place.

It lies outside SQLite so that `disable` works on a full disk and with a damaged
store, and costs one read of a few bytes, so that it is asked before every
datagram and request. Whatever is not exactly "on" means off: a file that is
missing, cut or garbled turns nothing on. A lock on it tells who has traffic
under way. It neither opens nor closes a socket: those that do ask it.
"""

from __future__ import annotations

import errno
import os
import threading
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from esolutions_client.errors import StoreError, StoreFullError, TurnedOffError
from esolutions_client.store.database import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Switch", "switch_path"]

# A sector of a disk, which is written whole or not at all.
_SIZE = 512
_ON = b"communication on".ljust(_SIZE - 1) + b"\n"
_OFF = b"communication off".ljust(_SIZE - 1) + b"\n"
_BINARY = getattr(os, "O_BINARY", 0)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def switch_path(store_path: Path) -> Path:
    """Return where the switch of a store is."""
    return store_path.with_suffix(".switch")


class Switch:
    """Whether this installation may send anything at all, and whether anything is under way."""

    def __init__(self, path: Path) -> None:
        """Find the switch at a path; nothing is made or changed yet."""
        self.path = path
        self._descriptor = -1
        self._finalizer: weakref.finalize[..., object] | None = None
        self._held = 0
        self._lock: int | None = None
        self._guard = threading.Lock()
        self._reading = threading.Lock()

    @property
    def is_there(self) -> bool:
        """Whether the file exists."""
        return self.path.exists()

    @property
    def is_on(self) -> bool:
        """Whether anything may be sent now, as any program of this installation has said last."""
        try:
            # A file that was removed or replaced says nothing any more.
            if _read(self._descriptor) == _ON and os.fstat(self._descriptor).st_nlink:
                return True
        except OSError:
            pass
        return self._is_on_by_name()

    def may_send(self) -> bool:
        """Say whether the next datagram, connection or request may leave."""
        return self.is_on

    def require_on(self) -> None:
        """Let nothing pass while communication is turned off.

        Raises:
            TurnedOffError: it is; the text says how to turn it on.
        """
        if not self.is_on:
            raise TurnedOffError

    def make(self, *, on: bool) -> None:
        """Make the file, unless it is there.

        Raises:
            StoreFullError: the disk is full.
            StoreError: it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        except FileExistsError:
            return
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            with _closing(descriptor):
                _write(descriptor, _ON if on else _OFF)
            _flush_folder(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                self.path.unlink()
            raise self._unwritable(error) from error

    def turn(self, *, on: bool) -> None:
        """Turn communication on or off, for every program of this installation; it lasts when this returns.

        Raises:
            StoreError: it cannot be written; nothing was changed.
        """
        self.make(on=on)
        try:
            descriptor = os.open(self.path, os.O_RDWR | _BINARY)
            with _closing(descriptor):
                _write(descriptor, _ON if on else _OFF)
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def traffic(self) -> Iterator[None]:
        """Hold the lock that says that sockets are open: `disable` returns when no program holds it.

        Raises:
            TurnedOffError: communication is turned off.
        """
        self._begin()
        try:
            # Asked only now: a program that turns it off from here on finds the lock held.
            self.require_on()
            yield
        finally:
            self._end()

    def is_quiet(self) -> bool:
        """Whether no program of this installation has traffic under way.

        Raises:
            StoreError: it cannot be told, as this file system has no locks.
        """
        try:
            descriptor = os.open(self.path, os.O_RDWR | _BINARY)
            with _closing(descriptor):
                return locks.is_free(descriptor)
        except OSError as error:
            raise StoreError(f"nobody can say whether packets are under way: {self.path}: {error}") from error

    def close(self) -> None:
        """Close the file; the next question opens it again."""
        if self._finalizer is not None:
            self._finalizer()
            self._finalizer = None
        self._descriptor = -1

    def _is_on_by_name(self) -> bool:
        """Open the file that stands there now, and read it."""
        with self._reading:
            self.close()
            try:
                self._descriptor = os.open(self.path, os.O_RDONLY | _BINARY)
                self._finalizer = weakref.finalize(self, os.close, self._descriptor)
                return _read(self._descriptor) == _ON
            except OSError:
                return False

    def _begin(self) -> None:
        with self._guard:
            if self._held == 0:
                self._lock = self._share()
            self._held += 1

    def _share(self) -> int | None:
        """Take a share of the lock; None where there is no file, or the file system has no locks.

        Raises:
            TurnedOffError: the lock is taken: `disable` is looking whether it is free.
        """
        try:
            descriptor = os.open(self.path, os.O_RDWR | _BINARY)
        except OSError:
            return None
        try:
            if locks.share(descriptor):
                return descriptor
        except OSError:
            os.close(descriptor)
            return None
        os.close(descriptor)
        raise TurnedOffError

    def _end(self) -> None:
        with self._guard:
            self._held -= 1
            if self._held == 0 and self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _unwritable(self, error: OSError) -> StoreError:
        kind = StoreFullError if error.errno in _NO_ROOM else StoreError
        return kind(f"the switch of communication {self.path} cannot be written: {error.strerror}")


@contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)


if hasattr(os, "pread"):

    def _read(descriptor: int) -> bytes:
        return os.pread(descriptor, _SIZE, 0)
else:
    _POSITION = threading.Lock()

    def _read(descriptor: int) -> bytes:
        with _POSITION:
            os.lseek(descriptor, 0, os.SEEK_SET)
            return os.read(descriptor, _SIZE)


def _write(descriptor: int, text: bytes) -> None:
    if os.write(descriptor, text) != len(text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


def _flush_folder(folder: Path) -> None:
    """Let the name of a new file survive a power cut, where the system can say so."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        with _closing(descriptor):
            os.fsync(descriptor)
