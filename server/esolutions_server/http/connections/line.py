"""The two directions of a connection: events of HTTP/1.1 (h11) out of octets that come, and octets out of events.

What stands on it is judged elsewhere; here is neither a request nor a response.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import h11

from esolutions_server.http.connections.gateway import ConnectionFacts

if TYPE_CHECKING:
    from esolutions_server.http.limits import HttpLimits

__all__ = ["Line"]

PIECE = 65_536


class Line:
    """A caller's connection, event by event.

    Attributes:
        http: the state of both sides.
        writer: what the caller is sent by.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: HttpLimits) -> None:
        self.http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head_octets)
        self.writer = writer
        self._reader = reader
        self._limits = limits
        self._ordinal = 0

    async def read(self) -> bytes:
        """Return the next octets that come, which no event has been made of; none when the caller has gone."""
        return await self._reader.read(PIECE)

    async def receive(self) -> None:
        """Wait for octets, and keep them for the next event."""
        self.http.receive_data(await self.read())

    async def event(self) -> object:
        """Return the next event of the caller."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            await self.receive()
        return event

    def facts(self, seconds_to_receive: float) -> ConnectionFacts:
        """Return what is known of the caller, as of one more request."""
        self._ordinal += 1
        address, port = self.writer.get_extra_info("peername")[:2]
        secured = self.writer.get_extra_info("ssl_object")
        version, cipher = (None, None) if secured is None else (secured.version(), secured.cipher()[0])
        return ConnectionFacts(address, port, version, cipher, self._ordinal, seconds_to_receive)

    def write(self, *events: h11.Event) -> None:
        """Hand events to the system, which sends them when it can."""
        octets = b"".join(self.http.send(event) or b"" for event in events)
        if octets:
            self.writer.write(octets)

    async def drain(self, *events: h11.Event) -> None:
        """Send events, and wait until the system has taken them.

        Raises:
            TimeoutError: it did not within the time of a request.
        """
        self.write(*events)
        async with asyncio.timeout(self._limits.request_seconds):
            await self.writer.drain()
