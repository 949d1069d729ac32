"""Know whether a socket is bound in this process.

Nothing in the memory world needs one, so that a client that would listen shows.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["bound_sockets"]

# An audit hook stays for the life of the process, hence one counter for all runs.
_BOUND: list[str] = []
_IS_HOOKED: list[bool] = []


def bound_sockets() -> tuple[str, ...]:
    """Return the addresses that were bound in this process since this was first asked."""
    if not _IS_HOOKED:
        _IS_HOOKED.append(True)
        sys.addaudithook(_note)
    return tuple(_BOUND)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.bind":
        _BOUND.append(str(arguments[1]))
