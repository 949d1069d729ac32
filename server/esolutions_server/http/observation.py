"""What an observer of the HTTP application sees of one exchange: all of it, unmasked, before the response leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from esolutions_server.http.connections.gateway import CONNECTION

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from esolutions_server.http.connections.gateway import ConnectionFacts, Headers
    from esolutions_server.soap.endpoint import SoapResponse

__all__ = ["HttpExchange", "Observer", "exchange_of"]


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """A SOAP request and its response, as HTTP has them.

    Attributes:
        method: of the request.
        url: of the request, as the caller wrote it.
        request_headers: their names in lower case.
        document: the body of the request without content coding; empty where it could not be read.
        charset: the character set that the request's Content-Type names.
        status: of the response, with the reason phrase.
        response_headers: but for those that the connection adds.
        response: the body, and what the service says of the exchange.
        connection: how the request came; None where it came over no connection.
        seconds_to_respond: from the whole request to the whole response.
    """

    method: str
    url: str
    request_headers: Headers
    document: bytes
    charset: str | None
    status: str
    response_headers: Headers
    response: SoapResponse
    connection: ConnectionFacts | None
    seconds_to_respond: float


class Observer(Protocol):
    """Is told of each exchange, by the thread that answers it."""

    def __call__(self, seen: HttpExchange, /) -> None:
        """Take note of an exchange."""


def exchange_of(
    environ: WSGIEnvironment,
    document: bytes,
    charset: str | None,
    response: SoapResponse,
    started: tuple[str, Headers],
    seconds: float,
) -> HttpExchange:
    """Put together what is known of an exchange; `started` is the status and the headers of the response."""
    return HttpExchange(
        method=environ["REQUEST_METHOD"],
        url=_url(environ),
        request_headers=_headers(environ),
        document=document,
        charset=charset,
        status=started[0],
        response_headers=started[1],
        response=response,
        connection=environ.get(CONNECTION),
        seconds_to_respond=seconds,
    )


def _url(environ: WSGIEnvironment) -> str:
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "localhost")
    query = environ.get("QUERY_STRING")
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path}{f'?{query}' if query else ''}"


def _headers(environ: WSGIEnvironment) -> Headers:
    own = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}
    headers = [(name, environ[key]) for key, name in own.items() if environ.get(key)]
    named = [(key, value) for key, value in environ.items() if key.startswith("HTTP_")]
    return [*headers, *((key.removeprefix("HTTP_").lower().replace("_", "-"), str(value)) for key, value in named)]
