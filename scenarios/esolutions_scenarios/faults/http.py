"""Faults on the way to the server.

A fault is called with the request and with `proceed`, which carries the request
on; it may proceed or not, change what goes in or comes out, or raise what the
HTTPS port would raise. `Chain(a, b)` meets a first, then b.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esolutions_client.errors import UnreachableError
from esolutions_client.wire.http.line import DEADLINE_SECONDS
from esolutions_client.wire.http.transport import TIMEOUT_SECONDS, HttpResponse

__all__ = [
    "AlterRequest",
    "AlterResponse",
    "Chain",
    "CutRequest",
    "CutResponse",
    "Drip",
    "Garbage",
    "HttpError",
    "HttpFault",
    "LoseReply",
    "Proceed",
    "Refuse",
    "Repeat",
    "Slow",
    "SoapFault",
    "TimeOut",
]

Proceed = Callable[[bytes], HttpResponse]
HttpFault = Callable[[bytes, Proceed], HttpResponse]


@dataclass(frozen=True, slots=True)
class Refuse:
    """The connection is refused: nothing listens."""

    def __call__(self, _body: bytes, _proceed: Proceed) -> HttpResponse:
        raise UnreachableError("no answer: connection refused")


@dataclass(frozen=True, slots=True)
class TimeOut:
    """Nothing answers in time, and the request never arrived."""

    def __call__(self, _body: bytes, _proceed: Proceed) -> HttpResponse:
        raise UnreachableError("no answer: timed out")


@dataclass(frozen=True, slots=True)
class LoseReply:
    """The server does the work; its answer never comes."""

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        proceed(body)
        raise UnreachableError("no answer: the connection was lost")


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The connection breaks after `at` bytes of the request; the server sees a torso or nothing."""

    at: int

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        if self.at > 0:
            proceed(body[: self.at])
        raise UnreachableError("no answer: the connection broke while sending")


@dataclass(frozen=True, slots=True)
class CutResponse:
    """The connection breaks after `at` bytes of the answer."""

    at: int

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        response = proceed(body)
        if self.at >= len(response.body):
            return response
        raise UnreachableError(f"no answer: {self.at} of {len(response.body)} bytes came")


@dataclass(frozen=True, slots=True)
class HttpError:
    """Something between the client and the server answers with an HTTP status of its own."""

    status: int

    def __call__(self, _body: bytes, _proceed: Proceed) -> HttpResponse:
        return HttpResponse(self.status, b"<html><body>error</body></html>")


@dataclass(frozen=True, slots=True)
class Garbage:
    """Something answers, but not with SOAP."""

    body: bytes = b"\x00\xffnot xml"
    status: int = 200

    def __call__(self, _body: bytes, _proceed: Proceed) -> HttpResponse:
        return HttpResponse(self.status, self.body)


@dataclass(frozen=True, slots=True)
class SoapFault:
    """The server answers with a fault and does nothing."""

    code: str = "Server"
    reason: str = "out of order"

    def __call__(self, _body: bytes, _proceed: Proceed) -> HttpResponse:
        envelope = "http://schemas.xmlsoap.org/soap/envelope/"
        text = (
            f'<e:Envelope xmlns:e="{envelope}"><e:Body><e:Fault><faultcode>e:{self.code}</faultcode>'
            f"<faultstring>{self.reason}</faultstring></e:Fault></e:Body></e:Envelope>"
        )
        return HttpResponse(500, text.encode())


@dataclass(frozen=True, slots=True)
class Slow:
    """Answers take their time; beyond the client's patience the work is done and the answer comes too late."""

    seconds: float
    patience_seconds: float = TIMEOUT_SECONDS[1]

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        response = proceed(body)
        if self.seconds > self.patience_seconds:
            raise UnreachableError(f"no answer within {self.patience_seconds:g} s")
        return response


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer comes byte by byte, `seconds` apart; beyond the time of an exchange the rest comes too late."""

    seconds: float
    deadline_seconds: float = DEADLINE_SECONDS

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        response = proceed(body)
        if self.seconds * len(response.body) > self.deadline_seconds:
            raise UnreachableError(f"no answer within {self.deadline_seconds:g} s")
        return response


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something between delivers the request again; the first answer is what the client sees."""

    times: int = 1

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        response = proceed(body)
        for _ in range(self.times):
            proceed(body)
        return response


@dataclass(frozen=True, slots=True)
class AlterRequest:
    """Something between changes the request: the first `old` becomes `new`."""

    old: bytes
    new: bytes

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        return proceed(body.replace(self.old, self.new, 1))


@dataclass(frozen=True, slots=True)
class AlterResponse:
    """Something between changes the answer: the first `old` becomes `new`."""

    old: bytes
    new: bytes

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        response = proceed(body)
        return HttpResponse(response.status, response.body.replace(self.old, self.new, 1))


class Chain:
    """Several faults, met one after the other on the way out."""

    def __init__(self, *faults: HttpFault) -> None:
        self._faults = faults

    def __call__(self, body: bytes, proceed: Proceed) -> HttpResponse:
        for fault in reversed(self._faults):
            proceed = _bound(fault, proceed)
        return proceed(body)


def _bound(fault: HttpFault, proceed: Proceed) -> Proceed:
    return lambda body: fault(body, proceed)
