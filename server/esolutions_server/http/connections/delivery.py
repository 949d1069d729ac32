"""How a response leaves where a testbed lets it leave badly: late, in single octets, cut off, or not at all.

It is said by an application to the connection that its request came by, and done there without holding a thread.
"""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

__all__ = ["DELIVER", "Delivery", "prepare_reset"]

# A key of the environment: the application tells a Delivery to what is found there.
DELIVER = "esolutions.deliver"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What becomes of a response on its way; the default is what becomes of any other.

    Attributes:
        wait_seconds: real seconds before its first octet.
        octet_seconds: real seconds before each octet of its body; 0 sends it in one piece.
        cut_at: after so many octets of the body the connection is closed; None sends all.
        is_withheld: nothing of it leaves, and the connection is reset.
    """

    wait_seconds: float = 0.0
    octet_seconds: float = 0.0
    cut_at: int | None = None
    is_withheld: bool = False


def prepare_reset(writer: asyncio.StreamWriter) -> None:
    """Let a connection end with a reset (RFC 9293, 3.5.2) when it is closed, not with good-bye."""
    connected = writer.get_extra_info("socket")
    if connected is not None:
        # On, and no seconds: struct linger of POSIX has two ints, that of Windows two shorts.
        connected.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        )
