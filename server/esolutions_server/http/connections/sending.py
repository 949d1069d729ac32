"""Send responses: at once, piece by piece, or as badly as a testbed has them sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import h11

from esolutions_server.http.connections.delivery import prepare_reset

if TYPE_CHECKING:
    from esolutions_server.http.connections.delivery import Delivery
    from esolutions_server.http.connections.gateway import HttpResponse
    from esolutions_server.http.connections.line import Line
    from esolutions_server.http.connections.streams import BodyStream, StreamPool

__all__ = ["ResponseSender"]

SERVER_NAME = "CommunicationServer"


class ResponseSender:
    """Sends the responses of one connection.

    Attributes:
        is_streaming: whether a body is being sent piece by piece.
    """

    def __init__(self, line: Line, streams: StreamPool | None) -> None:
        self.is_streaming = False
        self._line = line
        self._streams = streams

    async def send(self, response: HttpResponse) -> None:
        """Send a response in the way that it asks for.

        Raises:
            OSError: the connection is over.
            TimeoutError: the caller did not take it in time.
        """
        if response.stream is not None and self._streams is not None:
            await self._stream(response, response.stream, self._streams)
        elif response.delivery is not None:
            await self._deliver(response, response.delivery)
        else:
            await self._send(response)

    async def _stream(self, response: HttpResponse, stream: BodyStream, streams: StreamPool) -> None:
        """Send pieces as they come, until there are no more or the caller has gone."""
        # A caller that closes its side has gone; what it sends meanwhile is its next request.
        gone = asyncio.ensure_future(self._line.read())
        piece: asyncio.Future[bytes | None] | None = None
        self.is_streaming = True
        try:
            self._line.write(_head(response))
            while True:
                piece = asyncio.ensure_future(streams.piece(stream))
                await asyncio.wait({piece} if gone.done() else {piece, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone.done() and not gone.result():
                    raise ConnectionError("the caller has gone")
                octets = await piece
                if octets is None:
                    break
                await self._line.drain(h11.Data(data=octets))
            await self._line.drain(h11.EndOfMessage())
        finally:
            self.is_streaming = False
            gone.cancel()
            await asyncio.shield(asyncio.gather(asyncio.wait({gone}), streams.let_go(stream, piece)))
        if gone.done() and not gone.cancelled():
            self._line.http.receive_data(gone.result())

    async def _deliver(self, response: HttpResponse, delivery: Delivery) -> None:
        """Let a response leave as badly as it shall; a caller that waits for it makes room for others.

        Raises:
            ConnectionError: the connection is over: it was cut off, or the caller has gone.
        """
        await self._wait(delivery.wait_seconds)
        if delivery.is_withheld:
            prepare_reset(self._line.writer)
            self._line.writer.transport.abort()
            raise ConnectionError("the response is withheld")
        body = response.body if delivery.cut_at is None else response.body[: delivery.cut_at]
        # Then `drain` returns when the system has everything; asyncio's TLS never resumes at a limit of 0.
        self._line.writer.transport.set_write_buffer_limits(high=1, low=0)
        await self._line.drain(_head(response))
        pieces = [body] if not delivery.octet_seconds else [body[at : at + 1] for at in range(len(body))]
        for piece in filter(None, pieces):
            await self._wait(delivery.octet_seconds)
            await self._line.drain(h11.Data(data=piece))
        if len(body) < len(response.body):
            self._line.writer.transport.abort()
            raise ConnectionError("the response is cut off")
        await self._line.drain(h11.EndOfMessage())

    async def _wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            ConnectionError: the caller has gone.
        """
        try:
            async with asyncio.timeout(seconds):
                while seconds and (octets := await self._line.read()):
                    self._line.http.receive_data(octets)
                if seconds:
                    raise ConnectionError("the caller has gone")
        except TimeoutError:
            return

    async def _send(self, response: HttpResponse) -> None:
        events = [_head(response)]
        if response.body:
            events.append(h11.Data(data=response.body))
        # In one piece: the caller's system may take 40 ms to acknowledge the first of several (RFC 1122, 4.2.3.2).
        await self._line.drain(*events, h11.EndOfMessage())


def _head(response: HttpResponse) -> h11.Event:
    headers = [*response.headers, ("Server", SERVER_NAME)]
    return h11.Response(status_code=response.status, reason=response.reason.encode(), headers=headers)
