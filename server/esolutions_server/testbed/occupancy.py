"""Let one testbed at a time serve from a data directory: its snapshots and namespaces are files there.

The system gives the directory back when a testbed ends, however it ends.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["FILE_NAME", "occupy"]

FILE_NAME = "testbed.lock"

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def occupy(data_dir: Path) -> Callable[[], None]:
    """Take a data directory; return what gives it back.

    Raises:
        StartError: another testbed has it, or it cannot be written.
    """
    try:
        file = (data_dir / FILE_NAME).open("ab")
    except OSError as error:
        raise StartError(f"a testbed cannot serve from {data_dir}: {error.strerror}") from error
    try:
        _lock(file.fileno())
    except OSError:
        file.close()
        raise StartError(
            f"a testbed serves from {data_dir} already: end it, take another --data-dir, or make a namespace in it"
        ) from None
    return file.close
