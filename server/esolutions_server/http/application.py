"""The server as a WSGI application: where things are, and the limits of HTTP.

SOAP at /CommunicationServer, its WSDL at /CommunicationServer?wsdl, and a
short text everywhere else. What a message means is decided elsewhere. The WSDL
names the address by which its caller came, if that is one of this server's.
"""

from __future__ import annotations

import gzip
import logging
import time
import zlib
from email.message import Message
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from esolutions_server.http.hosts import allowed_authority, host_of
from esolutions_server.http.observation import exchange_of
from esolutions_server.service.errors import FaultCode, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from wsgiref.types import WSGIEnvironment

    from esolutions_server.http.observation import HttpExchange, Observer
    from esolutions_server.soap.endpoint import Endpoint

    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["PATH", "HttpApplication"]

log = logging.getLogger(__name__)

PATH = "/CommunicationServer"
LARGEST_REQUEST = 4 * 1024 * 1024
LONGEST_LENGTH = 12
XML = "text/xml; charset=utf-8"
# A few hundred bytes grow when they are compressed.
SMALLEST_COMPRESSED = 1024
_LONGEST_SHOWN = 60


class HttpApplication:
    """The routes of a server.

    Attributes:
        public_url: what the WSDL gives as the address of the service to callers who came by a name that is not
            allowed; set once the server knows where it is.
        observer: is told of each SOAP exchange; None in production.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        now: Callable[[], datetime],
        public_url: str,
        allow_gzip: bool = False,
        allowed_hosts: Iterable[str] = (),
    ) -> None:
        """Put the routes before an endpoint.

        Args:
            endpoint: answers SOAP.
            now: the clock, for the Date of a response (RFC 9110, 6.6.1): a caller's clock may be wrong.
            public_url: see the attribute.
            allow_gzip: whether answers are compressed for callers that accept it.
            allowed_hosts: names by which callers may come, beside loopback's and that of `public_url`.
        """
        self._endpoint = endpoint
        self._now = now
        self.public_url = public_url
        self.observer: Observer | None = None
        self._allow_gzip = allow_gzip
        self._allowed_hosts = frozenset(map(host_of, allowed_hosts)) - {""}

    @property
    def errors(self) -> Sequence[BaseException]:
        """The newest unforeseen errors; each was logged and answered with a fault."""
        return self._endpoint.errors

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request whose body is here whole (PEP 3333)."""

        def start_dated(status: str, headers: list[tuple[str, str]]) -> object:
            headers.insert(0, ("Date", format_datetime(self._now(), usegmt=True)))
            return start_response(status, headers)

        body = self._route(environ, start_dated)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _route(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return _plain(start_response, "404 Not Found", f"The Communication Server is at {PATH}.\n")
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return self._soap(environ, start_response)
        # What answers HEAD has the header fields of GET, and no body (RFC 9110, 9.3.2).
        is_reading = method in {"GET", "HEAD"}
        if is_reading and environ.get("QUERY_STRING", "").lower() == "wsdl":
            # It depends on the caller's Host: no caller is given another one's.
            document = self._endpoint.wsdl(self._address(environ))
            return _send(start_response, "200 OK", XML, document, ("Cache-Control", "no-store"))
        if is_reading:
            return _plain(start_response, "200 OK", f"SOAP 1.1 by POST; its description is at {PATH}?wsdl.\n")
        return _plain(start_response, "405 Method Not Allowed", "POST or GET.\n", ("Allow", "POST, GET, HEAD"))

    def _address(self, environ: WSGIEnvironment) -> str:
        """Return the address of the service by which the caller came, or the public one."""
        names = self._allowed_hosts | {host_of(self.public_url)}
        authority = allowed_authority(environ.get("HTTP_HOST", ""), names)
        if authority is None or authority == urlsplit(self.public_url).netloc.lower():
            # Where something else ends TLS, only the public address knows it.
            return self.public_url
        return f"{environ['wsgi.url_scheme']}://{authority}{environ.get('SCRIPT_NAME', '')}{PATH}"

    def _soap(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        document, charset, started = b"", None, time.monotonic()
        try:
            document = self._document(environ)
            charset = _charset(environ.get("CONTENT_TYPE") or "text/xml")
        except RefusalError as refusal:
            response = self._endpoint.refuse(refusal, len(document))
        else:
            response = self._endpoint.respond(document, charset)
        # SOAP 1.1 section 6.2: a fault comes with status 500.
        status = "500 Internal Server Error" if response.is_fault else "200 OK"
        body, extra = self._coded(environ, response.body)
        headers = [("Content-Type", XML), ("Content-Length", str(len(body))), *extra]
        start_response(status, headers)
        if self.observer is not None:
            seconds = time.monotonic() - started
            self._tell(self.observer, exchange_of(environ, document, charset, response, (status, headers), seconds))
        return [body]

    def _tell(self, observer: Observer, seen: HttpExchange) -> None:
        try:
            observer(seen)
        except Exception as error:  # what goes wrong beside an exchange must not cost its caller the response
            log.exception("an exchange could not be observed")
            self._endpoint.errors.append(error)

    def _document(self, environ: WSGIEnvironment) -> bytes:
        document = _measured(environ)
        coding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
        if coding == "identity":
            return document
        if coding == "gzip" and self._allow_gzip:
            return _decompressed(document)
        expected = "identity or gzip" if self._allow_gzip else "identity"
        text = f"the Content-Encoding is {coding[:_LONGEST_SHOWN]!r}, expected {expected}"
        raise RefusalError(FaultCode.CLIENT, text)

    def _coded(self, environ: WSGIEnvironment, body: bytes) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        if not self._allow_gzip:
            return body, ()
        varies = ("Vary", "Accept-Encoding")
        if len(body) < SMALLEST_COMPRESSED or not _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return body, (varies,)
        return gzip.compress(body, mtime=0), (varies, ("Content-Encoding", "gzip"))


def _measured(environ: WSGIEnvironment) -> bytes:
    stated = environ.get("CONTENT_LENGTH") or "0"
    if not (stated.isascii() and stated.isdigit()):
        raise RefusalError(FaultCode.CLIENT, "Content-Length is not a number")
    # Numbers of thousands of digits are not worth reading.
    if len(stated) > LONGEST_LENGTH or int(stated) > LARGEST_REQUEST:
        raise _too_large()
    document: bytes = environ["wsgi.input"].read(int(stated))
    if len(document) < int(stated):
        raise RefusalError(FaultCode.CLIENT, "the request ended before its Content-Length")
    return document


def _too_large() -> RefusalError:
    return RefusalError(FaultCode.CLIENT, f"a request has at most {LARGEST_REQUEST} bytes")


def _accepts_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        name, _, quality = choice.partition(";")
        if name.strip() == "gzip" and quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            return True
    return False


def _decompressed(document: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = inflater.decompress(document, LARGEST_REQUEST + 1)
    except zlib.error:
        raise RefusalError(FaultCode.CLIENT, "the request is not gzip") from None
    if len(plain) > LARGEST_REQUEST:
        raise _too_large()
    if not inflater.eof:
        raise RefusalError(FaultCode.CLIENT, "the request is not whole")
    return plain


# Every client sends the same few.
@lru_cache(maxsize=16)
def _charset(content_type: str) -> str | None:
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_type() not in {"text/xml", "application/xml"}:
        raise RefusalError(FaultCode.CLIENT, _unsuitable(content_type))
    charset = header.get_param("charset")
    return charset if isinstance(charset, str) and charset else None


def _unsuitable(content_type: str) -> str:
    """Say what to send instead; `curl -d` sends a form unless it is told otherwise."""
    said = f"the Content-Type is {content_type[:_LONGEST_SHOWN]!r}, and a SOAP 1.1 message is text/xml"
    return f"{said}: curl sends it with --header 'Content-Type: text/xml; charset=utf-8' --data-binary @FILE"


def _plain(start_response: StartResponse, status: str, text: str, *extra: tuple[str, str]) -> Iterable[bytes]:
    return _send(start_response, status, "text/plain; charset=utf-8", text.encode(), *extra)


def _send(
    start_response: StartResponse, status: str, kind: str, body: bytes, *extra: tuple[str, str]
) -> Iterable[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *extra])
    return [body]
