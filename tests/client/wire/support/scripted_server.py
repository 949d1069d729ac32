"""A server that answers every request with the same bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


class ScriptedServer:
    """Takes connections one after another, keeps what each asks, and answers all with the same bytes."""

    def __init__(self, answer: bytes, context: ssl.SSLContext | None) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Stop taking connections; the one that ends the wait is empty."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5):
            self._stopping = True
        self._thread.join(5)
        self._socket.close()

    _stopping = False

    def _serve(self) -> None:
        while not self._stopping:
            connection, _ = self._socket.accept()
            connection.settimeout(5)
            # A client that does not trust us hangs up in the middle of the handshake.
            with contextlib.suppress(OSError), connection:
                if self._context is None:
                    self._talk(connection)
                else:
                    with self._context.wrap_socket(connection, server_side=True) as secured:
                        self._talk(secured)

    def _talk(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = connection.recv(65536)
            if not more:
                return
            asked += more
        head, _, body = asked.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        connection.sendall(self._answer)
