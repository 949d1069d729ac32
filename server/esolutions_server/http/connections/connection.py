"""One connection: read whole requests within limits, respond to each, keep the connection while that is in order.

What HTTP/1.1 allows is h11's business; deadlines and sizes are this module's. What a request means is decided
elsewhere: `respond` gets it when it is here whole, so no caller holds a thread by being slow.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import h11

from esolutions_server.http.connections.gateway import HttpRequest, HttpResponse
from esolutions_server.http.connections.line import Line
from esolutions_server.http.connections.request_limits import BadRequestError, check_headers
from esolutions_server.http.connections.sending import ResponseSender

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from esolutions_server.http.connections.gateway import ConnectionFacts
    from esolutions_server.http.connections.request_limits import Budget
    from esolutions_server.http.connections.streams import StreamPool
    from esolutions_server.http.limits import HttpLimits

__all__ = ["Connection"]

log = logging.getLogger(__name__)


class Connection:
    """A caller's connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        respond: Callable[[HttpRequest], Awaitable[HttpResponse]],
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
            respond: makes the response to a whole request.
            limits: how long and how much.
            largest_body: octets of a body beyond which no more are kept; up to four times as many are read, so
                that the caller hears why it is refused.
            budget: what all connections share.
            streams: runs bodies that come piece by piece; None where `respond` gives none.
        """
        self._is_responding = False
        self._line = Line(reader, writer, limits)
        self._sender = ResponseSender(self._line, streams)
        self._respond = respond
        self._limits = limits
        self._largest_body = largest_body
        self._budget = budget

    @property
    def is_busy(self) -> bool:
        """Whether one of its requests is being answered: then it is not closed to make room."""
        return self._is_responding or self._sender.is_streaming

    async def run(self) -> None:
        """Respond to requests until one side has had enough."""
        limits = self._limits
        try:
            async with asyncio.timeout(limits.head_seconds):
                await self._line.receive()
            while await self._exchange():
                if not self._line.http.trailing_data[0]:
                    async with asyncio.timeout(limits.idle_seconds):
                        await self._line.receive()
        except BadRequestError as bad:
            await self._refuse(bad)
        except h11.RemoteProtocolError as error:
            await self._refuse(BadRequestError(error.error_status_hint, str(error)))
        except (TimeoutError, OSError):
            return  # too slow, or gone: no caller is left to be told

    async def _exchange(self) -> bool:
        """Read one request and respond to it; False where the connection is over."""
        limits = self._limits
        started = asyncio.get_running_loop().time()
        async with asyncio.timeout(limits.head_seconds):
            head = await self._line.event()
        if not isinstance(head, h11.Request):
            return False
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        check_headers(headers, limits.headers)
        pieces: list[bytes] = []
        try:
            async with asyncio.timeout(limits.request_seconds):
                length = await self._body(pieces)
            self._is_responding = True
            facts = self._line.facts(asyncio.get_running_loop().time() - started)
            response = await self._respond(self._request(head, headers, b"".join(pieces), length, facts))
        finally:
            self._is_responding = False
            self._budget.give_back(sum(map(len, pieces)))
        if head.method == b"HEAD":
            response = replace(response, body=b"")
        await self._sender.send(response)
        if self._line.http.our_state is h11.MUST_CLOSE or self._line.http.their_state is not h11.DONE:
            return False
        self._line.http.start_next_cycle()
        return True

    async def _body(self, pieces: list[bytes]) -> int:
        """Read a body, keep what is kept of it, and return its whole length."""
        if self._line.http.they_are_waiting_for_100_continue:
            self._line.write(h11.InformationalResponse(status_code=100, headers=[]))
        kept = length = 0
        while not isinstance(event := await self._line.event(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise ConnectionError("the request was cut off")
            length += len(event.data)
            if length > 4 * self._largest_body:
                raise BadRequestError(413, "the request is far too large")
            if kept <= self._largest_body:
                if not self._budget.take(len(event.data)):
                    raise BadRequestError(503, "the server holds too many requests: try again later")
                kept += len(event.data)
                pieces.append(bytes(event.data))
        return length

    def _request(
        self, head: h11.Request, headers: list[tuple[str, str]], body: bytes, length: int, facts: ConnectionFacts
    ) -> HttpRequest:
        host, port = self._line.writer.get_extra_info("sockname")[:2]
        scheme = "http" if facts.tls_version is None else "https"
        method, target = head.method.decode("latin-1"), head.target.decode("latin-1")
        return HttpRequest(method, target, headers, body, length, scheme, (host, port), facts)

    async def _refuse(self, bad: BadRequestError) -> None:
        """Say what was wrong, where the caller still listens; the connection ends."""
        if self._line.http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        body = f"{bad.reason}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        try:
            await self._sender.send(HttpResponse(bad.status, "", headers, body))
        except (TimeoutError, OSError, h11.LocalProtocolError):
            log.debug("a refused caller was gone")
