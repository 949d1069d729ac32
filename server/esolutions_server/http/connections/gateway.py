"""Call a WSGI application with a request that is already here whole (PEP 3333).

No socket is read: the body is octets, and so is the response, unless the application streams: then it states no
Content-Length.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from esolutions_server.http.connections.delivery import DELIVER
from esolutions_server.http.connections.streams import BodyStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from esolutions_server.http.connections.delivery import Delivery

__all__ = ["CONNECTION", "ON_GONE", "ConnectionFacts", "HttpRequest", "HttpResponse", "call"]

Headers = list[tuple[str, str]]
# Keys of the environment: the ConnectionFacts of a request, and who registers what wakes a stream without a reader.
CONNECTION = "esolutions.connection"
ON_GONE = "esolutions.on_gone"
# They never have a body (RFC 9110, 15.3.5 and 15.4.5), and so no length.
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """How a request came.

    Attributes:
        remote_address: the caller's.
        remote_port: the caller's.
        tls_version: such as `TLSv1.3`; None without TLS.
        cipher: the name of the cipher suite; None without TLS.
        ordinal: which request of its connection it is, from 1: more than 1 where the connection was kept.
        seconds_to_receive: from the first octet to the last.
    """

    remote_address: str
    remote_port: int
    tls_version: str | None
    cipher: str | None
    ordinal: int
    seconds_to_receive: float


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request; header names are in lower case, `length` counts octets that were not kept, too."""

    method: str
    target: str
    headers: Headers
    body: bytes
    length: int
    scheme: str
    server: tuple[str, int]
    connection: ConnectionFacts


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response: whole, or with the stream that its body will come from; `delivery` says how it leaves."""

    status: int
    reason: str
    headers: Headers
    body: bytes
    stream: BodyStream | None = None
    delivery: Delivery | None = None


def call(application: WSGIApplication, request: HttpRequest) -> HttpResponse:
    """Let the application answer a request; a body without a Content-Length is a stream, whose first piece is next."""
    started: list[Any] = []
    on_gone: list[Callable[[], None]] = []
    deliveries: list[Delivery] = []

    def start_response(status: str, headers: Headers, _error: Any = None, /) -> Any:
        started[:] = [status, headers]
        return lambda _octets: None

    told = {ON_GONE: on_gone.append, DELIVER: deliveries.append}
    chunks: Iterable[bytes] = application({**_environ(request), **told}, start_response)
    if started and _is_streamed(request, *started) and not isinstance(chunks, list | tuple):
        return _response(started, b"", BodyStream(chunks, on_gone))
    try:
        # An application that streams need not make its body to answer HEAD.
        body = b"" if request.method == "HEAD" and started else b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    response = _response(started, body)
    return replace(response, delivery=deliveries[-1]) if deliveries else response


def _is_streamed(request: HttpRequest, status: str, headers: Headers) -> bool:
    if request.method == "HEAD" or int(status.partition(" ")[0]) in _WITHOUT_BODY:
        return False
    return all(name.lower() != "content-length" for name, _ in headers)


def _response(started: list[Any], body: bytes, stream: BodyStream | None = None) -> HttpResponse:
    status, headers = started
    code, _, reason = status.partition(" ")
    return HttpResponse(int(code), reason, headers, body, stream)


def _environ(request: HttpRequest) -> WSGIEnvironment:
    path, _, query = request.target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": request.server[0],
        "SERVER_PORT": str(request.server[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.connection.remote_address,
        "REMOTE_PORT": str(request.connection.remote_port),
        CONNECTION: request.connection,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(request.length),
    }
    for name, value in request.headers:
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in {"content-length", "transfer-encoding"}:
            key = f"HTTP_{name.upper().replace('-', '_')}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ
