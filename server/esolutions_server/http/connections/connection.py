"""One connection: read whole requests within limits, have each answered, keep the connection while that is in order.

What HTTP/1.1 allows is h11's business; deadlines and sizes are this module's. What a request means is decided
elsewhere: `answer` gets it when it is here whole, so no caller holds a thread by being slow.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import h11

from esolutions_server.http.connections.delivery import prepare_reset
from esolutions_server.http.connections.gateway import ConnectionFacts, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from esolutions_server.http.connections.delivery import Delivery
    from esolutions_server.http.connections.streams import BodyStream, StreamPool
    from esolutions_server.http.limits import HttpLimits

__all__ = ["Budget", "Connection"]

log = logging.getLogger(__name__)

SERVER_NAME = "CommunicationServer"
PIECE = 65_536


class Budget:
    """Counts the octets that all connections of a server hold."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, octets: int) -> bool:
        """Take octets; False where there are not as many."""
        if octets > self._left:
            return False
        self._left -= octets
        return True

    def give_back(self, octets: int) -> None:
        """Give back what was taken."""
        self._left += octets


class _BadRequestError(Exception):
    """The caller gets a status and is let go."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Connection:
    """A caller.

    Attributes:
        is_busy: whether one of its requests is being answered: then it is not closed to make room.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: Callable[[HttpRequest], Awaitable[HttpResponse]],
        *,
        limits: HttpLimits,
        largest_body: int,
        budget: Budget,
        streams: StreamPool | None = None,
    ) -> None:
        """Take an open connection.

        Args:
            reader: what the caller sends.
            writer: what it is sent.
            answer: answers a whole request.
            limits: how long and how much.
            largest_body: octets of a body beyond which no more are kept; up to four times as many are read, so
                that the caller hears why it is refused.
            budget: what all connections share.
            streams: runs bodies that come piece by piece; None where `answer` gives none.
        """
        self.is_busy = False
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._limits = limits
        self._largest_body = largest_body
        self._budget = budget
        self._streams = streams
        self._ordinal = 0
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head_octets)

    async def run(self) -> None:
        """Answer requests until one side has had enough."""
        limits = self._limits
        try:
            async with asyncio.timeout(limits.head_seconds):
                await self._receive()
            while await self._exchange():
                if not self._http.trailing_data[0]:
                    async with asyncio.timeout(limits.idle_seconds):
                        await self._receive()
        except _BadRequestError as bad:
            await self._refuse(bad)
        except h11.RemoteProtocolError as error:
            await self._refuse(_BadRequestError(error.error_status_hint, str(error)))
        except (TimeoutError, OSError):
            return  # too slow, or gone: there is nobody to tell

    async def _exchange(self) -> bool:
        """Read one request and answer it; False where the connection is over."""
        limits = self._limits
        started = asyncio.get_running_loop().time()
        async with asyncio.timeout(limits.head_seconds):
            head = await self._event()
        if not isinstance(head, h11.Request):
            return False
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        _check(headers, limits.headers)
        pieces: list[bytes] = []
        try:
            async with asyncio.timeout(limits.request_seconds):
                length = await self._body(pieces)
            self.is_busy = True
            facts = self._facts(asyncio.get_running_loop().time() - started)
            response = await self._answer(self._request(head, headers, b"".join(pieces), length, facts))
        finally:
            self.is_busy = False
            self._budget.give_back(sum(map(len, pieces)))
        if head.method == b"HEAD":
            response = replace(response, body=b"")
        if response.stream is not None and self._streams is not None:
            await self._stream(response, response.stream, self._streams)
        elif response.delivery is not None:
            await self._deliver(response, response.delivery)
        else:
            await self._send(response)
        if self._http.our_state is h11.MUST_CLOSE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _body(self, pieces: list[bytes]) -> int:
        """Read a body, keep what is kept of it, and return its whole length."""
        if self._http.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[]))
        kept = length = 0
        while not isinstance(event := await self._event(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise ConnectionError("the request was cut off")
            length += len(event.data)
            if length > 4 * self._largest_body:
                raise _BadRequestError(413, "the request is far too large")
            if kept <= self._largest_body:
                if not self._budget.take(len(event.data)):
                    raise _BadRequestError(503, "the server holds too many requests: try again later")
                kept += len(event.data)
                pieces.append(bytes(event.data))
        return length

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            await self._receive()
        return event

    async def _receive(self) -> None:
        self._http.receive_data(await self._reader.read(PIECE))

    def _facts(self, seconds_to_receive: float) -> ConnectionFacts:
        self._ordinal += 1
        address, port = self._writer.get_extra_info("peername")[:2]
        secured = self._writer.get_extra_info("ssl_object")
        version, cipher = (None, None) if secured is None else (secured.version(), secured.cipher()[0])
        return ConnectionFacts(address, port, version, cipher, self._ordinal, seconds_to_receive)

    def _request(
        self, head: h11.Request, headers: list[tuple[str, str]], body: bytes, length: int, facts: ConnectionFacts
    ) -> HttpRequest:
        host, port = self._writer.get_extra_info("sockname")[:2]
        scheme = "http" if facts.tls_version is None else "https"
        method, target = head.method.decode("latin-1"), head.target.decode("latin-1")
        return HttpRequest(method, target, headers, body, length, scheme, (host, port), facts)

    async def _stream(self, response: HttpResponse, stream: BodyStream, streams: StreamPool) -> None:
        """Send pieces as they come, until there are no more or the caller has gone."""
        # Whoever closes their side has gone; what they send meanwhile is their next request.
        gone = asyncio.ensure_future(self._reader.read(PIECE))
        piece: asyncio.Future[bytes | None] | None = None
        self.is_busy = True
        try:
            self._write(_head(response))
            while True:
                piece = asyncio.ensure_future(streams.piece(stream))
                await asyncio.wait({piece} if gone.done() else {piece, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone.done() and not gone.result():
                    raise ConnectionError("the caller has gone")
                octets = await piece
                if octets is None:
                    break
                await self._drain(h11.Data(data=octets))
            await self._drain(h11.EndOfMessage())
        finally:
            self.is_busy = False
            gone.cancel()
            await asyncio.shield(asyncio.gather(asyncio.wait({gone}), streams.let_go(stream, piece)))
        if gone.done() and not gone.cancelled():
            self._http.receive_data(gone.result())

    async def _deliver(self, response: HttpResponse, delivery: Delivery) -> None:
        """Let a response leave as badly as it shall; a caller that waits for it makes room for others.

        Raises:
            ConnectionError: the connection is over: it was cut off, or the caller has gone.
        """
        await self._wait(delivery.wait_seconds)
        if delivery.is_withheld:
            prepare_reset(self._writer)
            self._writer.transport.abort()
            raise ConnectionError("the response is withheld")
        body = response.body if delivery.cut_at is None else response.body[: delivery.cut_at]
        # Then `drain` returns when the system has everything; asyncio's TLS never resumes at a limit of 0.
        self._writer.transport.set_write_buffer_limits(high=1, low=0)
        await self._drain(_head(response))
        pieces = [body] if not delivery.octet_seconds else [body[at : at + 1] for at in range(len(body))]
        for piece in filter(None, pieces):
            await self._wait(delivery.octet_seconds)
            await self._drain(h11.Data(data=piece))
        if len(body) < len(response.body):
            self._writer.transport.abort()
            raise ConnectionError("the response is cut off")
        await self._drain(h11.EndOfMessage())

    async def _wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            ConnectionError: the caller has gone.
        """
        try:
            async with asyncio.timeout(seconds):
                while seconds and (octets := await self._reader.read(PIECE)):
                    self._http.receive_data(octets)
                if seconds:
                    raise ConnectionError("the caller has gone")
        except TimeoutError:
            return

    async def _drain(self, *events: h11.Event) -> None:
        self._write(*events)
        async with asyncio.timeout(self._limits.request_seconds):
            await self._writer.drain()

    async def _send(self, response: HttpResponse) -> None:
        events = [_head(response)]
        if response.body:
            events.append(h11.Data(data=response.body))
        # In one piece: the caller's system may take 40 ms to acknowledge the first of several (RFC 1122, 4.2.3.2).
        await self._drain(*events, h11.EndOfMessage())

    def _write(self, *events: h11.Event) -> None:
        octets = b"".join(self._http.send(event) or b"" for event in events)
        if octets:
            self._writer.write(octets)

    async def _refuse(self, bad: _BadRequestError) -> None:
        """Say what was wrong, where the caller still listens; the connection ends."""
        if self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        body = f"{bad.reason}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        try:
            await self._send(HttpResponse(bad.status, "", headers, body))
        except (TimeoutError, OSError, h11.LocalProtocolError):
            log.debug("a refused caller was gone")


def _head(response: HttpResponse) -> h11.Event:
    headers = [*response.headers, ("Server", SERVER_NAME)]
    return h11.Response(status_code=response.status, reason=response.reason.encode(), headers=headers)


def _check(headers: list[tuple[str, str]], most: int) -> None:
    """Refuse what one reader could take for another request than the next reader does (RFC 9112, 6.3)."""
    if len(headers) > most:
        raise _BadRequestError(431, f"a request has at most {most} header fields")
    names = [name for name, _ in headers]
    if "transfer-encoding" in names and "content-length" in names:
        raise _BadRequestError(400, "a request has a Content-Length or a Transfer-Encoding, not both")
    if names.count("content-length") > 1:
        raise _BadRequestError(400, "a request has one Content-Length")
