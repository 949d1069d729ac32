"""Serve the application over HTTP or HTTPS from a thread of this process.

`with RunningServer(application) as server` gives a server that answers:
starting proves it by connecting. What the application could not handle is
raised again where the `with` ends.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from esolutions_server.http.application import LARGEST_REQUEST, PATH
from esolutions_server.http.certificates import local_certificates
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from types import TracebackType

    from esolutions_server.http.application import HttpApplication

__all__ = ["RunningServer", "ServingError"]

log = logging.getLogger(__name__)

SECONDS_TO_START = 10
SECONDS_TO_STOP = 2
THREADS = 8


class ServingError(Exception):
    """The server met an error that it had not foreseen."""


class _Server(wsgi.Server):
    """cheroot, writing its errors where everything else is logged, and closing a socket that it could not bind."""

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        if sys.platform != "win32":
            # Connections left over from this process must not keep the next one from the port; cheroot asks for that
            # only where it was told which port. After the bind, lest the system hands out one that is taken.
            socket_.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        log.log(level, msg, exc_info=traceback)


class RunningServer:
    """A server on a socket of its own, from entering to leaving the context.

    Attributes:
        url: where the SOAP service is.
        ca_file: the authority a client has to trust; None without TLS or with certificates of one's own.
    """

    def __init__(
        self,
        application: HttpApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: str = "auto",
        data_dir: Path | None = None,
        public_url: str | None = None,
    ) -> None:
        """Prepare a server; nothing is opened yet.

        Args:
            application: what is served.
            host: the address to listen on.
            port: the port; 0 takes a free one.
            tls: `auto` makes a test authority, `off` serves plain HTTP, `CERT,KEY` names two PEM files.
            data_dir: where `auto` keeps its certificates; without it they last as long as the server.
            public_url: what the WSDL says, if it is not the address the server listens on.
        """
        self._application = application
        self._host = host
        self._port = port
        self._tls = tls
        self._data_dir = data_dir
        self._public_url = public_url
        self._temporary: TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None
        self._server: Any = None
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
        if kind is None and unforeseen:
            raise ServingError(f"the server met {unforeseen[0]!r}") from unforeseen[0]

    def close(self) -> None:
        """Stop serving and let go of the socket."""
        if self._server is not None:
            self._server.stop()
        if self._thread is not None:
            self._thread.join(SECONDS_TO_STOP)
        if self._temporary is not None:
            self._temporary.cleanup()
        self._server = self._thread = self._temporary = None

    def _start(self) -> None:
        address = (self._host, self._port)
        server = _Server(address, self._application, numthreads=THREADS, shutdown_timeout=SECONDS_TO_STOP)
        server.server_name = "CommunicationServer"
        # The application answers with a fault above its own limit; beyond this nothing is even read.
        server.max_request_body_size = 4 * LARGEST_REQUEST
        server.ssl_adapter = adapter = self._adapter()
        try:
            server.prepare()
        except OSError as error:
            raise StartError(f"cannot listen on {self._host}:{self._port}: {error}") from error
        self._server = server
        self._thread = threading.Thread(target=self._serve, name="communication-server", daemon=True)
        self._thread.start()
        host, port = server.bind_addr[:2]
        self.url = f"{'https' if adapter else 'http'}://{_in_url(host)}:{port}{PATH}"
        self._application.public_url = self._public_url or self.url
        with socket.create_connection((host, port), timeout=SECONDS_TO_START):
            pass

    def _serve(self) -> None:
        try:
            self._server.serve()
        except Exception as error:  # the thread has no caller; whoever leaves the context gets it
            log.exception("the server stopped serving")
            self._errors.append(error)

    def _adapter(self) -> Any:
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
        try:
            adapter = BuiltinSSLAdapter(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise StartError(f"the certificate {certificate!r} and key {key!r} cannot be used: {error}") from error
        adapter.context.minimum_version = ssl.TLSVersion.TLSv1_2
        return adapter


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
