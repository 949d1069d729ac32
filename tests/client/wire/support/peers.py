"""Peers that answer slowly or not at all, each with one connection in a thread, and one post to them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

from esolutions_client.wire.http.transport import HttpResponse, HttpsTransport

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 30
LARGE = b"x" * 8_000_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<ok/>"


class Peer:
    """Accepts one connection, and does with it what a test says, in a thread; `is_reached` when it has it."""

    def __init__(self, talk: Callable[[Peer, socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self.is_reached = threading.Event()
        self.is_over = threading.Event()
        self.ended: object = None
        self._talk = talk
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Let the connection go."""
        self.is_over.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            pass
        self._thread.join(TIMEOUT)
        self._listener.close()

    def wait_for_end(self, connection: socket.socket) -> None:
        """Read until the other side is gone, and keep how it went: b'' for a farewell, an error for a reset."""
        try:
            while got := connection.recv(1 << 20):
                pass
            self.ended = got
        except OSError as error:
            self.ended = type(error)

    def has_ended(self) -> object:
        """Wait until the other side is gone."""
        self._thread.join(TIMEOUT)
        assert not self._thread.is_alive()
        return self.ended

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(TIMEOUT)
        with connection, contextlib.suppress(ssl.SSLError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                self._talk(self, connection)


def say_nothing(peer: Peer, connection: socket.socket) -> None:
    """Read, and never answer."""
    connection.recv(65536)
    peer.is_reached.set()
    peer.wait_for_end(connection)


def read_nothing(peer: Peer, connection: socket.socket) -> None:
    """Let the other side's message fill all buffers; read what has come when it is over."""
    peer.is_reached.set()
    peer.is_over.wait(TIMEOUT)
    peer.wait_for_end(connection)


def drip(peer: Peer, connection: socket.socket, head: bytes = HEAD) -> None:
    """Answer with a byte now and then, and come to the end after twenty seconds."""
    connection.recv(65536)
    peer.is_reached.set()
    with contextlib.suppress(OSError):
        connection.sendall(head)
        for _ in range(400):
            if peer.is_over.wait(0.05):
                break
            connection.sendall(b"x")
    peer.wait_for_end(connection)


def post(url: str, body: bytes = b"<envelope/>", **options: Any) -> HttpResponse:
    """Post once."""
    options.setdefault("http_proxy", "none")
    transport = HttpsTransport(url, allow_plain_http=True, **options)
    try:
        return transport.post(body, operation="SyncProxy")
    finally:
        transport.close()
