"""Find the address of each host of a call once, so that a slow resolver delays only what needs it.

Addresses are taken as they are. Names are asked of the system's resolver in threads; it is not asked twice.
"""

from __future__ import annotations

import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from esolutions_client.snmp.errors import SilentError

__all__ = ["Names", "Place", "literal", "resolve"]

_MOST_AT_ONCE = 8


class Place(NamedTuple):
    """Where a datagram goes: an address family of `socket`, and host and port as replies will name them."""

    family: int
    address: tuple[str, int]


class Names:
    """The addresses of one call."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._asked: dict[str, Future[tuple[int, str]]] = {}

    def find(self, host: str, port: int) -> Place | None:
        """Return where a host is, None while the resolver is being asked.

        Raises:
            SilentError: the name is not known.
        """
        family, address = literal(host) or (0, "")
        if not family:
            lookup = self._asked.get(host) or self._ask(host)
            if not lookup.done():
                return None
            try:
                family, address = lookup.result()
            except (OSError, UnicodeError) as error:
                raise SilentError(f"{host}: the name is not known") from error
        return Place(family, (address, port))

    def wait(self, seconds: float) -> None:
        """Return when the resolver has answered something, or after so many seconds."""
        wait([lookup for lookup in self._asked.values() if not lookup.done()], seconds, FIRST_COMPLETED)

    def close(self) -> None:
        """Ask nothing more; the questions under way end first, as they cannot be taken back."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def _ask(self, host: str) -> Future[tuple[int, str]]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, "resolver")
        lookup = self._asked[host] = self._threads.submit(resolve, host)
        return lookup


def literal(host: str) -> tuple[int, str] | None:
    """Return family and usual form of an address, None for a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return family, socket.inet_ntop(family, socket.inet_pton(family, host))
        except (OSError, ValueError):
            continue
    return None


def resolve(host: str) -> tuple[int, str]:
    """Ask the system's resolver for family and address of a name; IPv4 before IPv6, as printers are known.

    Raises:
        OSError, UnicodeError: it knows none.
    """
    found = [(int(family), str(address[0])) for family, *_, address in socket.getaddrinfo(host, None)]
    return min(found, key=lambda place: place[0] != socket.AF_INET)
