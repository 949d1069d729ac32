"""One UDP socket per address family, for all the printers of a call.

It carries octets and does not know what is in them. A socket takes datagrams from any host: it is the caller who
compares the address of a reply with the one that was asked.
"""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.snmp.engines.native.names import Place

__all__ = ["Channel", "DatagramChannel"]

_LARGEST_DATAGRAM = 65_535
_RECEIVE_BUFFER = 1 << 20
# There are two sockets at most: epoll would cost more to set up than it saves.
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)
# Linux: the kernel keeps what ICMP said, and of whom, for who asks (ip(7), ipv6(7)). Elsewhere a socket that is
# not connected is told nothing, and a host that refuses is as silent as one that is off.
_KEEPS_REFUSALS = sys.platform == "linux"
_RECEIVE_ERRORS = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
_ANCILLARY_BYTES = 512


class DatagramChannel(Protocol):
    """What carries the datagrams of a call; see `Channel`."""

    def send(self, octets: bytes, place: Place) -> None:
        """Send a datagram."""

    def receive(self, seconds: float) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Return datagrams that are there within so many seconds, with host and port of their senders."""

    def take_refusals(self) -> list[tuple[str, int]]:
        """Return the hosts and ports of which the network said that no agent listens there."""

    def close(self) -> None:
        """Close all sockets."""


class Channel:
    """Sockets that are opened when first needed."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._selector = _Selector()
        self._refused: list[tuple[str, int]] = []

    def send(self, octets: bytes, place: Place) -> None:
        """Send a datagram; one that finds no room is lost, as any may be.

        Raises:
            OSError: there is no way there.
        """
        channel = self._sockets.get(place.family) or self._open(place.family)
        try:
            channel.sendto(octets, place.address)
        except BlockingIOError:
            return
        except OSError:
            # It may be what became of an earlier datagram to another host.
            self._note_refusals(channel)
            channel.sendto(octets, place.address)

    def receive(self, seconds: float) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Wait for so long at most; return a datagram of each socket that has one, with host and port of its sender.

        Replies come one by one: to ask for a second one that is mostly not there costs more than to wait again.
        """
        for key, _ in self._selector.select(max(0.0, seconds)):
            channel: socket.socket = key.fileobj  # type: ignore[assignment]  # only sockets are registered
            try:
                octets, sender = channel.recvfrom(_LARGEST_DATAGRAM)
            except OSError:
                # The word of a refusal; on Windows it is all there is.
                self._note_refusals(channel)
            else:
                yield octets, sender[:2]

    def take_refusals(self) -> list[tuple[str, int]]:
        """Return the hosts and ports of which the network said that no agent listens there."""
        refused, self._refused = self._refused, []
        return refused

    def close(self) -> None:
        """Close all sockets."""
        self._selector.close()
        for channel in self._sockets.values():
            channel.close()
        self._sockets.clear()

    def _open(self, family: int) -> socket.socket:
        channel = socket.socket(family, socket.SOCK_DGRAM)
        self._sockets[family] = channel
        channel.setblocking(False)  # noqa: FBT003 - the standard library's signature
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        if _KEEPS_REFUSALS:
            channel.setsockopt(*_RECEIVE_ERRORS[socket.AddressFamily(family)], 1)
        self._selector.register(channel, selectors.EVENT_READ)
        return channel

    def _note_refusals(self, channel: socket.socket) -> None:
        if not _KEEPS_REFUSALS:
            return
        while True:
            try:
                _, notes, _, place = channel.recvmsg(0, _ANCILLARY_BYTES, socket.MSG_ERRQUEUE)
            except OSError:
                return
            # sock_extended_err begins with the error number. Only that a port is closed is final.
            if any(struct.unpack_from("=I", note)[0] == errno.ECONNREFUSED for _, _, note in notes if len(note) >= 4):
                self._refused.append(place[:2])
