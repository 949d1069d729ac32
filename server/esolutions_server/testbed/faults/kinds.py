"""Faults on the way to a testbed, seen from its server.

A fault is called with the document of a request and with `proceed`, which carries it on to the server; it may proceed
or not, and change what goes in, what comes out and how that leaves. Seconds are real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from esolutions_server.http.connections.delivery import Delivery

__all__ = [
    "AlterRequest",
    "AlterResponse",
    "CutRequest",
    "CutResponse",
    "Drip",
    "Fault",
    "Garbage",
    "HttpError",
    "LoseReply",
    "Proceed",
    "Refuse",
    "Repeat",
    "Response",
    "Slow",
    "SoapFault",
    "TimeOut",
]

_XML = ("Content-Type", "text/xml; charset=utf-8")
_AS_EVER = Delivery()
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Response:
    """A response of HTTP without its length, and how it leaves."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delivery: Delivery = _AS_EVER


Proceed = Callable[[bytes], Response]
_NOTHING = Response(500, (), b"", Delivery(is_withheld=True))


@dataclass(frozen=True, slots=True)
class Refuse:
    """The connection is reset, and nothing is done."""

    def __call__(self, _document: bytes, _proceed: Proceed) -> Response:
        return _NOTHING


@dataclass(frozen=True, slots=True)
class TimeOut:
    """Nothing is done, and nothing comes until the caller has gone, or the connection is reset after `seconds`."""

    seconds: float = 600.0

    def __call__(self, _document: bytes, _proceed: Proceed) -> Response:
        return replace(_NOTHING, delivery=Delivery(wait_seconds=self.seconds, is_withheld=True))


@dataclass(frozen=True, slots=True)
class LoseReply:
    """The server does the work, and the connection is reset."""

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        proceed(document)
        return _NOTHING


@dataclass(frozen=True, slots=True)
class Slow:
    """The work is done, and the response leaves so many seconds later."""

    seconds: float

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        response = proceed(document)
        late = response.delivery.wait_seconds + self.seconds
        return replace(response, delivery=replace(response.delivery, wait_seconds=late))


@dataclass(frozen=True, slots=True)
class Drip:
    """The body of the response leaves octet by octet, so many seconds apart."""

    seconds: float

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        response = proceed(document)
        return replace(response, delivery=replace(response.delivery, octet_seconds=self.seconds))


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The server gets the first `at` bytes of the request as if they were all, and the connection is reset."""

    at: int

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        if self.at > 0:
            proceed(document[: self.at])
        return _NOTHING


@dataclass(frozen=True, slots=True)
class CutResponse:
    """The connection is closed after `at` bytes of the response's body."""

    at: int

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        response = proceed(document)
        return replace(response, delivery=replace(response.delivery, cut_at=self.at))


@dataclass(frozen=True, slots=True)
class HttpError:
    """Something between answers with an HTTP status of its own, and nothing is done."""

    status: int

    def __call__(self, _document: bytes, _proceed: Proceed) -> Response:
        return Response(self.status, (("Content-Type", "text/html"),), b"<html><body>error</body></html>")


@dataclass(frozen=True, slots=True)
class Garbage:
    """Something answers, but not with SOAP, and nothing is done."""

    status: int = 200

    def __call__(self, _document: bytes, _proceed: Proceed) -> Response:
        return Response(self.status, (_XML,), b"\x00\xffnot xml")


@dataclass(frozen=True, slots=True)
class SoapFault:
    """The server answers with a fault of SOAP 1.1, unsigned, and does nothing."""

    code: str = "Server"
    reason: str = "out of order"

    def __call__(self, _document: bytes, _proceed: Proceed) -> Response:
        fault = f"<faultcode>e:{escape(self.code)}</faultcode><faultstring>{escape(self.reason)}</faultstring>"
        text = f'<e:Envelope xmlns:e="{_SOAP}"><e:Body><e:Fault>{fault}</e:Fault></e:Body></e:Envelope>'
        return Response(500, (_XML,), text.encode())


@dataclass(frozen=True, slots=True)
class AlterRequest:
    """Something between changes the request: the first `old` becomes `new`."""

    old: str
    new: str

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        return proceed(document.replace(self.old.encode(), self.new.encode(), 1))


@dataclass(frozen=True, slots=True)
class AlterResponse:
    """Something between changes the response: the first `old` becomes `new`."""

    old: str
    new: str

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        response = proceed(document)
        return replace(response, body=response.body.replace(self.old.encode(), self.new.encode(), 1))


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something between delivers the request so many times more; the first response is what the caller gets."""

    again: int = 1

    def __call__(self, document: bytes, proceed: Proceed) -> Response:
        response = proceed(document)
        for _ in range(self.again):
            proceed(document)
        return response


Fault = (
    AlterResponse
    | AlterRequest
    | CutResponse
    | CutRequest
    | Drip
    | Garbage
    | HttpError
    | LoseReply
    | Refuse
    | Repeat
    | Slow
    | SoapFault
    | TimeOut
)
