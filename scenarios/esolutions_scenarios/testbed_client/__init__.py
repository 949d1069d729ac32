"""Start the production client on the virtual clock of a testbed, as a process of its own.

The client has no such option: a clock is handed in where it is put together,
and this program is the one other place that does so.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["client_command"]


def client_command(clock: Path) -> list[str]:
    """Return the words that start the client on a clock file; those of its command line come after them.

    Args:
        clock: begins with the seconds since 1970 as a little-endian double, and may change at any time.
    """
    return [sys.executable, "-m", __name__, str(clock)]
