"""Serve the application over HTTP or HTTPS from a thread of this process.

`with RunningServer(application) as server` gives a server that answers:
starting proves it by connecting. What the application could not handle is
raised again where the `with` ends.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol, Self

from esolutions_server.http.application import LARGEST_REQUEST, PATH
from esolutions_server.http.certificates import local_certificates
from esolutions_server.http.connections.acceptor import Acceptor
from esolutions_server.http.limits import HttpLimits
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Any
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["Application", "RunningServer", "ServingError"]

log = logging.getLogger(__name__)

SECONDS_TO_START = 10
SECONDS_TO_STOP = 2
THREADS = 8
STREAMS = 16
BACKLOG = 1024


class ServingError(Exception):
    """The server met an error that it had not foreseen."""


class Application(Protocol):
    """A WSGI application that wants to know where it is served, and remembers what it had not foreseen."""

    public_url: str

    @property
    def errors(self) -> Sequence[BaseException]:
        """The newest unforeseen errors."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse, /) -> Iterable[bytes]:
        """Answer one HTTP request whose body is here whole (PEP 3333)."""


class RunningServer:
    """A server on a socket of its own, from entering to leaving the context.

    Attributes:
        url: where the application is.
        ca_file: the authority a client has to trust; None without TLS or with certificates of one's own.
    """

    def __init__(
        self,
        application: Application,
        *,
        path: str = PATH,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: str = "auto",
        data_dir: Path | None = None,
        public_url: str | None = None,
        limits: HttpLimits | None = None,
        threads: int | None = None,
        streams: int = STREAMS,
        is_strict: bool = True,
    ) -> None:
        """Prepare a server; nothing is opened yet.

        Args:
            application: what is served.
            path: where in it the URL shall lead.
            host: the address to listen on.
            port: the port; 0 takes a free one.
            tls: `auto` makes a test authority, `off` serves plain HTTP, `CERT,KEY` names two PEM files.
            data_dir: where `auto` keeps its certificates; without it they last as long as the server.
            public_url: what the WSDL says, if it is not the address the server listens on.
            limits: what one caller may take.
            threads: how many requests are answered at once; None takes what an ordinary server needs.
            streams: how many bodies may come piece by piece at once, beside those.
            is_strict: raise what was not foreseen where the context ends; otherwise it is logged when it happens, and
                a clean end is one.
        """
        self._application = application
        self._path = path
        self._host = host
        self._port = port
        self._tls = tls
        self._data_dir = data_dir
        self._public_url = public_url
        self._limits = limits or HttpLimits()
        self._threads = threads or THREADS
        self._streams = streams
        self._is_strict = is_strict
        self._temporary: TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._errors: list[BaseException] = []
        self.url = ""
        self.ca_file: Path | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        unforeseen = [*self._errors, *self._application.errors]
        if self._is_strict and kind is None and unforeseen:
            raise ServingError(f"the server met {unforeseen[0]!r}") from unforeseen[0]

    def close(self) -> None:
        """Stop serving and let go of the socket."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SECONDS_TO_STOP + SECONDS_TO_START)
        if self._temporary is not None:
            self._temporary.cleanup()
        self._loop = self._thread = self._temporary = None

    def _start(self) -> None:
        tls = self._tls_context()
        listener = self._bound()
        host, port = listener.getsockname()[:2]
        self.url = f"{'https' if tls else 'http'}://{_in_url(host)}:{port}{self._path}"
        self._application.public_url = self._public_url or self.url
        self._stop = asyncio.Event()
        # Sockets by readiness on every system: the default of Windows knows no readers.
        self._loop = asyncio.SelectorEventLoop()
        acceptor = Acceptor(
            self._application,
            listener,
            tls=tls,
            limits=self._limits,
            largest_body=LARGEST_REQUEST,
            threads=self._threads,
            streams=self._streams,
            on_error=self._errors.append,
        )
        self._thread = threading.Thread(
            target=self._serve, args=(self._loop, acceptor), name="communication-server", daemon=True
        )
        self._thread.start()
        with socket.create_connection((host, port), timeout=SECONDS_TO_START):
            pass

    def _serve(self, loop: asyncio.AbstractEventLoop, acceptor: Acceptor) -> None:
        loop.set_exception_handler(_note_stray_error)
        try:
            loop.run_until_complete(acceptor.serve(self._stop, seconds_to_stop=SECONDS_TO_STOP))
            # One round more, for transports to close their sockets.
            loop.run_until_complete(asyncio.sleep(0))
        except Exception as error:  # the thread has no caller; the thread that leaves the context gets it
            log.exception("the server stopped serving")
            self._errors.append(error)
        finally:
            loop.close()

    def _bound(self) -> socket.socket:
        """Return a listening socket.

        Raises:
            StartError: the address is no address of this machine, or is taken.
        """
        is_reusable = sys.platform != "win32"
        listener: socket.socket | None = None
        try:
            (family, *_, address), *_ = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            listener = socket.socket(family, socket.SOCK_STREAM)
            if is_reusable and self._port:
                # Connections left over from a server that died must not keep this one from its port.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            if is_reusable:
                # Nor those of this process the next one; not before, lest the system gives a port that is taken.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.listen(BACKLOG)
            listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
        except OSError as error:
            if listener is not None:
                listener.close()
            raise StartError(f"cannot listen on {self._host}:{self._port}: {error}") from error
        return listener

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._tls == "off":
            return None
        if self._tls == "auto":
            directory = self._data_dir
            if directory is None:
                self._temporary = TemporaryDirectory(prefix="communication-server-")
                directory = Path(self._temporary.name)
            made = local_certificates(directory / "tls", self._host)
            self.ca_file = made.authority
            certificate, key = str(made.certificate), str(made.key)
        else:
            certificate, _, key = self._tls.partition(",")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(certificate, key or None)
        except (OSError, ssl.SSLError) as error:
            raise StartError(f"the certificate {certificate!r} and key {key!r} cannot be used: {error}") from error
        return context


def _note_stray_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep to a line what a transport met beside every request: a caller that is gone."""
    log.info("a connection ended badly: %s", context.get("exception") or context.get("message"))


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
