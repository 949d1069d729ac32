"""Call a WSGI application with a request that is already here whole (PEP 3333).

No socket is read: the body is octets, and so is the response.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import WSGIApplication, WSGIEnvironment

__all__ = ["HttpRequest", "HttpResponse", "call"]

Headers = list[tuple[str, str]]


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
    remote_address: str


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole response."""

    status: int
    reason: str
    headers: Headers
    body: bytes


def call(application: WSGIApplication, request: HttpRequest) -> HttpResponse:
    """Let the application answer a request."""
    started: list[Any] = []

    def start_response(status: str, headers: Headers, _error: Any = None, /) -> Any:
        started[:] = [status, headers]
        return lambda _octets: None

    chunks: Iterable[bytes] = application(_environ(request), start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started
    code, _, reason = status.partition(" ")
    return HttpResponse(int(code), reason, headers, body)


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
        "REMOTE_ADDR": request.remote_address,
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
