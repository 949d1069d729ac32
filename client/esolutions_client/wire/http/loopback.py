"""Tell this machine's own addresses from all others: what is for them never leaves the machine.

It opens nothing and asks no name server: a name is a loopback name by its
spelling alone, and what names mean is checked when they are looked up.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["is_loopback", "only_loopback"]


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine: 127.0.0.0/8 however it is written, ::1, or localhost."""
    name = host.strip("[]").lower().rstrip(".")
    # RFC 6761, 6.3: localhost and all names below it.
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return _is_short_for_loopback(name)
    # RFC 4291, 2.5.5.2: ::ffff:127.0.0.1 is 127.0.0.1.
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def only_loopback(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """Return a resolver that gives the addresses of this machine alone, whatever a name server says."""

    def resolve_here(*arguments: Any) -> list[Any]:
        return [found for found in resolve(*arguments) if is_loopback(str(found[4][0]))]

    return resolve_here


def _is_short_for_loopback(name: str) -> bool:
    """Whether the system takes a name for an address of 127.0.0.0/8: `127.1`, `0x7f.0.0.1`, `2130706433`."""
    try:
        return socket.inet_aton(name)[0] == 127
    except (OSError, UnicodeEncodeError):
        return False
