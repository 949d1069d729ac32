"""The TCP connection to the server (the line): one at a time, cut at its deadline or when communication is turned off.

Every stage of an exchange can hang - the name, the connection, a proxy server's
answer, the handshake, sending, the answer - and each gets its share of one total
time. What cannot be waited for in slices is cut from beside: a watch looks every
fifth of a second, and shuts the connection down. It knows nothing of HTTP.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import ClientError, TurnedOffError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

__all__ = ["CONNECT_SECONDS", "DEADLINE_SECONDS", "LOOK_SECONDS", "Line"]

# For one exchange altogether: the largest message, 1.3 MB, takes 100 s at 100 kbit/s.
DEADLINE_SECONDS = 120.0
# For one address to accept a connection.
CONNECT_SECONDS = 10.0
# How soon a turned switch is noticed.
LOOK_SECONDS = 0.2
# Closing means a reset: nothing that waits in the system's buffers is sent any more.
_RESET = struct.pack("HH" if os.name == "nt" else "ii", 1, 0)


class Line:
    """What opens connections to one server, and cuts them.

    Args:
        deadline_seconds: how long one exchange may take altogether.
        may_send: asked before each connection and while one is open.
        traffic: holds, while entered, the lock that says that something is under way.
        monotonic: the clock of the deadline.
        resolve: looks names up, as `socket.getaddrinfo` does.
    """

    def __init__(
        self,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        may_send: Callable[[], bool] = lambda: True,
        traffic: Callable[[], AbstractContextManager[None]] = nullcontext,
        monotonic: Callable[[], float] = time.monotonic,
        resolve: Callable[..., Any] = socket.getaddrinfo,
    ) -> None:
        self._seconds = deadline_seconds
        self._may_send = may_send
        self._traffic = traffic
        self._monotonic = monotonic
        self._resolve = resolve
        self._until = 0.0
        self._handle: socket.socket | None = None
        self._guard = threading.Lock()

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Watch over one exchange; the caller closes what it opened inside.

        Raises:
            UnreachableError: the time was over before it was finished.
            TurnedOffError: communication was turned off.
        """
        with self._traffic():
            self._until = self._monotonic() + self._seconds
            self.check()
            is_over = threading.Event()
            watcher = threading.Thread(target=self._watch, args=(is_over,), name="watch of the line", daemon=True)
            watcher.start()
            try:
                yield
            except ClientError:
                raise
            except Exception:
                # What a cut connection looks like is the library's secret: the reason is ours.
                self.check()
                raise
            else:
                # An answer that a cut has ended may look whole.
                self.check()
            finally:
                is_over.set()
                watcher.join()
                self._let_go()

    def check(self) -> None:
        """Let nothing go on that must not.

        Raises:
            UnreachableError: the time of this exchange is over.
            TurnedOffError: communication is turned off.
        """
        if not self._may_send():
            raise TurnedOffError
        if self._monotonic() > self._until:
            raise UnreachableError(f"no answer within {self._seconds:g} s")

    def open(self, host: str, port: int) -> socket.socket:
        """Connect to a host, at whichever of its addresses answers first.

        Raises:
            OSError: none does.
            UnreachableError, TurnedOffError: as `check` says.
        """
        failure = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in self._addresses(host, port):
            self.check()
            try:
                return self._connect(family, kind, protocol, address)
            except OSError as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> Any:
        """Look a name up beside, as the system's resolver can be neither limited nor stopped.

        It holds the lock of its own: what asks a name server is traffic as well.
        """
        found: SimpleQueue[Any] = SimpleQueue()

        def look_up() -> None:
            try:
                with self._traffic():
                    found.put(self._resolve(host, port, 0, socket.SOCK_STREAM))
            except Exception as error:  # noqa: BLE001 - it is raised again by the thread that waits for it
                found.put(error)

        threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        while True:
            try:
                resolved = found.get(timeout=LOOK_SECONDS)
            except Empty:
                self.check()
                continue
            if isinstance(resolved, Exception):
                raise resolved
            return resolved

    def _connect(self, family: int, kind: int, protocol: int, address: Any) -> socket.socket:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
            with suppress(BlockingIOError):
                connection.connect(address)
            self._wait_for(connection)
            self._let_go()
            with self._guard:
                self._handle = connection.dup()
        except BaseException:
            connection.close()
            raise
        return connection

    def _wait_for(self, connection: socket.socket) -> None:
        """Wait until it is connected.

        Raises:
            OSError: it is not; the address refuses, or says nothing.
        """
        until = self._monotonic() + CONNECT_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_WRITE)
            while not selector.select(LOOK_SECONDS):
                self.check()
                if self._monotonic() > until:
                    raise TimeoutError("timed out")
        number = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, os.strerror(number))

    def _watch(self, is_over: threading.Event) -> None:
        while not is_over.wait(LOOK_SECONDS):
            try:
                self.check()
            except ClientError:
                self._cut()

    def _cut(self) -> None:
        """Wake the thread that waits for the connection; closing it then sends nothing more."""
        with self._guard:
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    self._handle.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        with self._guard:
            if self._handle is not None:
                self._handle.close()
                self._handle = None
