"""Accept connections, within limits that no stranger can hold against an honest caller.

Accepting waits for no caller: handshakes, requests and responses each have a task of their own. Where there is no
room, the connection that has waited longest for its own caller makes it; one whose request is being answered stays.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from esolutions_server.http.connections.connection import Connection
from esolutions_server.http.connections.gateway import HttpRequest, HttpResponse, call
from esolutions_server.http.connections.request_limits import Budget
from esolutions_server.http.connections.streams import StreamPool

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from esolutions_server.http.limits import HttpLimits

__all__ = ["Acceptor"]

log = logging.getLogger(__name__)

# How long to leave a listener alone that the system has no descriptor or memory for.
SECONDS_WITHOUT_ROOM = 0.1
SECONDS_TO_PART = 1.0
_PLAIN = ("Content-Type", "text/plain; charset=utf-8")
_FAILED = HttpResponse(500, "Internal Server Error", [_PLAIN, ("Content-Length", "0")], b"")
_TOO_MANY_STREAMS = b"as many streams as this server keeps are open: end one\n"


@dataclass(slots=True, eq=False)
class _Caller:
    """An open connection; `connection` is None during the handshake."""

    address: str
    socket: socket.socket
    task: asyncio.Task[None] | None = None
    connection: Connection | None = None

    @property
    def is_waiting(self) -> bool:
        return self.connection is None or not self.connection.is_busy


class Acceptor:
    """Serves one listening socket from one event loop; requests are answered in threads."""

    def __init__(
        self,
        application: WSGIApplication,
        listener: socket.socket,
        *,
        tls: ssl.SSLContext | None,
        limits: HttpLimits,
        largest_body: int,
        threads: int,
        streams: int,
        on_error: Callable[[BaseException], None],
    ) -> None:
        """Take a bound socket; nothing is accepted yet.

        Args:
            application: answers requests.
            listener: a bound socket that does not block.
            tls: the context of a server, or None for plain HTTP.
            limits: how long and how much.
            largest_body: octets of a body that the application wants to see.
            threads: how many requests are answered at once.
            streams: how many bodies may come piece by piece at once, beside those.
            on_error: called with what the application could not handle.
        """
        self._application = application
        self._listener = listener
        self._tls = tls
        self._limits = limits
        self._largest_body = largest_body
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._streams = StreamPool(streams, on_error)
        self._on_error = on_error
        self._budget = Budget(limits.buffered_octets)
        self._callers: dict[_Caller, None] = {}  # in the order they came
        self._has_room = True
        self._is_open = True

    async def serve(self, stop: asyncio.Event, *, seconds_to_stop: float) -> None:
        """Accept until told to stop; then let responses under way end for so many seconds, and close everything."""
        loop = asyncio.get_running_loop()
        self._listen(loop)
        try:
            await stop.wait()
        finally:
            self._is_open = False
            loop.remove_reader(self._listener)
            self._listener.close()
            await self._end(seconds_to_stop)

    async def _end(self, seconds: float) -> None:
        for caller in self._callers:
            if caller.task is not None and caller.is_waiting:
                caller.task.cancel()
        self._streams.stop()
        tasks = [caller.task for caller in self._callers if caller.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._streams.close()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._is_open:
            loop.add_reader(self._listener, self._accept, loop)

    def _accept(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            connected, address = self._listener.accept()
        except (ConnectionError, BlockingIOError, InterruptedError):
            return  # gone before it was here
        except OSError as error:
            # Out of descriptors or memory: the listener stays readable, so leave it alone for a while.
            self._note_room(error)
            self._make_room(list(self._callers))
            loop.remove_reader(self._listener)
            loop.call_later(SECONDS_WITHOUT_ROOM, self._listen, loop)
            return
        self._note_room(None)
        self._admit(connected, str(address[0]))

    def _admit(self, connected: socket.socket, address: str) -> None:
        callers = list(self._callers)
        of_address = [caller for caller in callers if caller.address == address]
        is_full = len(callers) >= self._limits.connections
        is_full_of_one = len(of_address) >= self._limits.connections_per_address
        if (is_full or is_full_of_one) and not self._make_room(of_address if is_full_of_one else callers):
            connected.close()
            return
        caller = _Caller(address, connected)
        self._callers[caller] = None
        caller.task = asyncio.get_running_loop().create_task(self._serve(caller))
        caller.task.add_done_callback(lambda _: self._leave(caller))

    def _make_room(self, callers: list[_Caller]) -> bool:
        """Close the connection that has waited longest; False where each is being answered."""
        for caller in callers:
            if caller.is_waiting and caller.task is not None:
                caller.task.cancel()
                self._callers.pop(caller, None)
                return True
        return False

    def _note_room(self, error: OSError | None) -> None:
        """Say when connections cannot be accepted, and when they can again; once each."""
        if error is not None and self._has_room:
            log.error("no connection can be accepted at the moment: %s", error)
        elif error is None and not self._has_room:
            log.warning("connections are accepted again")
        self._has_room = error is None

    async def _serve(self, caller: _Caller) -> None:
        writer: asyncio.StreamWriter | None = None
        try:
            reader, writer = await self._opened(caller.socket)
            connection = caller.connection = Connection(
                reader,
                writer,
                self._respond,
                limits=self._limits,
                largest_body=self._largest_body,
                budget=self._budget,
                streams=self._streams,
            )
            await connection.run()
            # Says good-bye in TLS, too.
            writer.close()
        except OSError as error:
            log.debug("a connection from %s failed: %s", caller.address, error)
        finally:
            if writer is not None:
                await _closed(writer)

    def _leave(self, caller: _Caller) -> None:
        """Forget a connection whose task has ended, perhaps before it began."""
        self._callers.pop(caller, None)
        if caller.connection is None:
            caller.socket.close()

    async def _opened(self, connected: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Make streams of a connection, after the handshake."""
        loop = asyncio.get_running_loop()
        connected.setblocking(False)  # noqa: FBT003 - the standard library's signature
        # asyncio does so itself only where the listener was made with the number of the protocol.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = asyncio.StreamReader(loop=loop)
        handshake, goodbye = (None, None) if self._tls is None else (self._limits.handshake_seconds, SECONDS_TO_PART)
        transport, protocol = await loop.connect_accepted_socket(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop),
            connected,
            ssl=self._tls,
            ssl_handshake_timeout=handshake,
            ssl_shutdown_timeout=goodbye,
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        loop = asyncio.get_running_loop()
        try:
            response = await loop.run_in_executor(self._threads, partial(call, self._application, request))
            if response.stream is None or self._streams.admit(response.stream):
                return response
            await loop.run_in_executor(self._threads, response.stream.close)
        except Exception as error:  # the last line before the wire; the thread that leaves the server's context gets it
            log.exception("a request could not be answered")
            self._on_error(error)
            return _FAILED
        headers = [_PLAIN, ("Content-Length", str(len(_TOO_MANY_STREAMS)))]
        return HttpResponse(503, "Service Unavailable", headers, _TOO_MANY_STREAMS)


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Return when a connection is closed: cut off where the peer has not said good-bye."""
    if not writer.is_closing():
        writer.transport.abort()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(2 * SECONDS_TO_PART):
            await writer.wait_closed()
