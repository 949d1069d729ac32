"""Stand between a testbed's callers and its server with breakpoints, then faults; what meets neither passes untouched.

Messages are meant: what is asked for by GET, such as the WSDL, meets none.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid
from esolutions_server.http.connections.delivery import DELIVER, Delivery
from esolutions_server.service.errors import RefusalError
from esolutions_server.soap.envelope import open_envelope
from esolutions_server.testbed.faults.breakpoints import Breakpoints, Stage
from esolutions_server.testbed.faults.coding import coded, is_gzip, plain
from esolutions_server.testbed.faults.kinds import Response
from esolutions_server.testbed.faults.laid import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from wsgiref.types import WSGIEnvironment

    StartResponse = Callable[[str, list[tuple[str, str]]], object]
    Respond = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

__all__ = ["Interference"]

# They never have a body (RFC 9110, 15.3.5 and 15.4.5).
_WITHOUT_BODY = frozenset({204, 304})


class Interference:
    """What a person has put on the way to a server.

    Attributes:
        faults: what goes wrong.
        breakpoints: where exchanges are held.
    """

    def __init__(self, respond: Respond, now: Callable[[], datetime]) -> None:
        """Stand before a server.

        Args:
            respond: answers one HTTP request (PEP 3333).
            now: the clock of the testbed.
        """
        self._respond = respond
        self.faults = Faults(now)
        self.breakpoints = Breakpoints(now)

    def clear(self) -> None:
        """Take everything out of the way; what is held goes on."""
        self.faults.clear()
        self.breakpoints.clear()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request whose body is here whole."""
        is_free = not self.faults and not self.breakpoints
        if is_free or environ["REQUEST_METHOD"] != "POST":
            return self._respond(environ, start_response)
        response = self._exchange(environ, environ["wsgi.input"].read())
        deliver = environ.get(DELIVER)
        if deliver is not None and response.delivery != Delivery():
            deliver(response.delivery)
        body = coded(response.body) if is_gzip(response.headers) else response.body
        body = b"" if response.status in _WITHOUT_BODY else body
        start_response(_line(response.status), [*response.headers, ("Content-Length", str(len(body)))])
        return [body]

    def _exchange(self, environ: WSGIEnvironment, body: bytes) -> Response:
        said = plain(body) if is_gzip([("Content-Encoding", environ.get("HTTP_CONTENT_ENCODING", ""))]) else None
        document = body if said is None else said
        operation, proxy_id = _names(document)

        def proceed(document: bytes) -> Response:
            return self._processed(environ, document if said is None else coded(document))

        asked = self.breakpoints.pass_by(Stage.REQUEST, operation, proxy_id, document)
        response = self.faults.meet(operation, proxy_id, asked, proceed)
        if response.delivery.is_withheld:
            return response
        return replace(response, body=self.breakpoints.pass_by(Stage.ANSWER, operation, proxy_id, response.body))

    def _processed(self, environ: WSGIEnvironment, document: bytes) -> Response:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            started[:] = [status, headers]

        given = {"CONTENT_LENGTH": str(len(document)), "wsgi.input": BytesIO(document)}
        body = b"".join(self._respond({**environ, **given}, start_response))
        status, headers = started
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-length")
        said = plain(body) if is_gzip(kept) else None
        if said is None:
            return Response(int(status.partition(" ")[0]), kept, body)
        return Response(int(status.partition(" ")[0]), kept, said)


def _names(document: bytes) -> tuple[str | None, str | None]:
    """Return the operation of a message and the proxy that it names as its sender, as far as they can be read."""
    try:
        envelope = open_envelope(document, None)
    except RefusalError:
        return None, None
    name = next((element.text or "" for element in envelope.root.iter("{*}Username")), "")
    try:
        return envelope.operation, canonical_guid(name)
    except IdentityError:
        return envelope.operation, None


def _line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"
