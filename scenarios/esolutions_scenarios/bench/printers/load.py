"""Ask SNMP agents for the same forty variables, and see what it costs their processes, as Linux tells it."""

from __future__ import annotations

import os
import socket
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from esolutions_scenarios.bench.client.resident import resident_mb
from esolutions_simulators.snmp.fast.codec.ber import OCTET_STRING, SEQUENCE, as_integer, tlv
from esolutions_simulators.snmp.fast.codec.message import GET, variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Processes", "ask", "request_for"]

_NULL = b"\x05\x00"
_VERSION_2C, _REQUEST_ID = 1, 0x4D4545
_LARGEST_DATAGRAM = 65_535
_PATIENCE_S = 10
_PROC = Path("/proc")


def request_for(names: Iterable[str]) -> bytes:
    """Return a GET of version 2c for these names, with the community public."""
    variables = tlv(SEQUENCE, b"".join(variable(name, _NULL) for name in names))
    pdu = tlv(GET, as_integer(_REQUEST_ID) + as_integer(0) + as_integer(0) + variables)
    return tlv(SEQUENCE, as_integer(_VERSION_2C) + tlv(OCTET_STRING, b"public") + pdu)


def ask(
    request: bytes, addresses: Sequence[str], port: int, count: int, *, at_once: int, each: Callable[[int], None]
) -> int:
    """Send a request ``count`` times, to one address after another; return the octets of the shortest response.

    Args:
        request: the datagram.
        addresses: where the agents are.
        port: at all of these.
        count: how many times in all.
        at_once: how many may be on their way.
        each: is told how many were sent, before the next one is.

    Raises:
        TimeoutError: one was not answered.
    """
    shortest = _LARGEST_DATAGRAM
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(_PATIENCE_S)
        for sent, address in enumerate(islice(cycle(addresses), count)):
            if sent >= at_once:
                shortest = min(shortest, len(manager.recv(_LARGEST_DATAGRAM)))
            each(sent)
            manager.sendto(request, (address, port))
        for _ in range(min(count, at_once)):
            shortest = min(shortest, len(manager.recv(_LARGEST_DATAGRAM)))
    return shortest


class Processes:
    """A process and those it has started.

    Args:
        pid: of the first one.
    """

    def __init__(self, pid: int) -> None:
        self._pids = [pid]
        for known in self._pids:
            children = _PROC / str(known) / "task" / str(known) / "children"
            self._pids += map(int, children.read_text(encoding="ascii").split()) if children.exists() else []

    @property
    def are_told_of(self) -> bool:
        """Whether this system says what a process costs."""
        return all((_PROC / str(pid) / "stat").exists() for pid in self._pids)

    def cpu_seconds(self) -> float:
        """Return the CPU seconds that they have used so far."""
        return sum(map(_cpu_seconds, self._pids))

    def resident_kb(self) -> float:
        """Return the memory that they hold."""
        statuses = [(_PROC / str(pid) / "status").read_text(encoding="ascii", errors="replace") for pid in self._pids]
        return sum(resident_mb(status) or 0.0 for status in statuses) * 1024


def _cpu_seconds(pid: int) -> float:
    # proc(5): utime and stime are the 14th and 15th field, the command in parentheses is the second.
    fields = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
