"""Hear datagrams at every address of a fleet, and answer each from the address that it came to.

Where the system tells to which address a datagram came, one socket hears all
of a port; elsewhere there is one for each address. Nothing that comes to a
loopback address from anywhere but this machine is heard.
"""

import selectors
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

__all__ = ["TELLS_DESTINATION", "answer_all", "answer_each", "bound_to_all", "bound_to_each", "destination_of"]

# ip(7): Linux tells the interface and the address with each datagram; Python before 3.14 has no name for it.
TELLS_DESTINATION = sys.platform == "linux"
_IP_PKTINFO = 8
# struct in_pktinfo: interface, local address, address in the header.
_PKTINFO = struct.Struct("=i4s4s")
_ANCILLARY_OCTETS = 64
_LARGEST_DATAGRAM = 65_535
_LOOPBACK_NETWORK = 127
_LOOPBACK_INTERFACE = "lo"
_EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 -- what comes to another address than the fleet's is not answered
# As much as the system lets us have: a sweep comes in bursts.
_WAITING_OCTETS = 8 * 1024 * 1024

# Returns what answers a datagram that came to an address; None for silence.
Respond = Callable[[bytes, str], bytes | None]


def bound_to_all(port: int, *, is_loopback_only: bool, is_shared: bool = False) -> socket.socket:
    """Return a socket that hears ``port`` at all addresses, and is told which of them a datagram came to.

    Args:
        port: 0 takes one that is free.
        is_loopback_only: nothing shall be heard that comes from another machine, at no address.
        is_shared: others that are shared may be bound to the same port.

    Raises:
        OSError: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        listening.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WAITING_OCTETS)
        if is_shared:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if is_loopback_only:
            # Before Linux 5.7 this is root's to do: what came from elsewhere is dropped when it is read, too.
            with suppress(OSError):
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, _LOOPBACK_INTERFACE.encode())
        listening.bind((_EVERY_ADDRESS, port))
    except BaseException:
        listening.close()
        raise
    return listening


def answer_all(listening: socket.socket, respond: Respond) -> None:
    """Answer what a socket hears that is bound to all addresses, for ever."""
    loopback = socket.if_nametoindex(_LOOPBACK_INTERFACE)
    while True:
        datagram, ancillary, _, asker = listening.recvmsg(_LARGEST_DATAGRAM, _ANCILLARY_OCTETS)
        destination = destination_of(ancillary, loopback)
        answer = None if destination is None else respond(datagram, socket.inet_ntoa(destination))
        if answer is not None:
            source = _PKTINFO.pack(0, destination, destination)
            # Who cannot be answered (at port 0, without a route) is not; the next one is.
            with suppress(OSError):
                listening.sendmsg((answer,), ((socket.IPPROTO_IP, _IP_PKTINFO, source),), 0, asker)


def destination_of(ancillary: Iterable[tuple[int, int, bytes]], loopback: int) -> bytes | None:
    """Return the address that a datagram came to; None where it came to loopback by another interface."""
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            interface, _, destination = _PKTINFO.unpack(data)
            return None if destination[0] == _LOOPBACK_NETWORK and interface != loopback else destination
    return None


def bound_to_each(addresses: Sequence[str], port: int) -> selectors.BaseSelector:
    """Return sockets that hear ``port`` at each of these addresses.

    Raises:
        OSError: it is taken at one of them.
    """
    sockets = selectors.DefaultSelector()
    for address in addresses:
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.bind((address, port))
        sockets.register(listening, selectors.EVENT_READ, address)
    return sockets


def answer_each(sockets: selectors.BaseSelector, respond: Respond) -> None:
    """Answer what any of these sockets hears, for ever."""
    while True:
        for key, _ in sockets.select():
            assert isinstance(key.fileobj, socket.socket)  # noqa: S101 -- registered above
            # Windows tells the next one who asks that an earlier one did not want an answer.
            with suppress(OSError):
                datagram, asker = key.fileobj.recvfrom(_LARGEST_DATAGRAM)
                answer = respond(datagram, key.data)
                if answer is not None:
                    key.fileobj.sendto(answer, asker)
