"""Responses that leave badly because a testbed says so: late, octet by octet, cut off, or not at all."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import deque
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest

from esolutions_server.http.connections.delivery import DELIVER, Delivery
from esolutions_server.http.connections.line import Line
from esolutions_server.http.connections.sending import ResponseSender
from esolutions_server.http.limits import HttpLimits
from esolutions_server.http.serving import RunningServer
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment


pytestmark = pytest.mark.wire
# Long enough for any machine; whoever needs it has failed.
_PATIENCE = 20.0
_GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"0123456789"


class Awkward:
    """Answers as badly as it is told, and knows how many it has answered."""

    def __init__(self) -> None:
        self.public_url = ""
        self.errors: deque[BaseException] = deque()
        self.delivery: Delivery | None = None
        self.answered = threading.Semaphore(0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse, /) -> Iterable[bytes]:
        """Answer."""
        if self.delivery is not None:
            environ[DELIVER](self.delivery)
        start_response("200 OK", [("Content-Length", str(len(BODY)))])
        self.answered.release()
        return [BODY]


@pytest.fixture
def awkward() -> Awkward:
    """Give an application that can be told to be awkward."""
    return Awkward()


@pytest.fixture(params=["off", "auto"])
def serving(request: pytest.FixtureRequest, awkward: Awkward) -> Iterator[RunningServer]:
    """Give its server, without TLS and with it."""
    limits = HttpLimits(connections=2, idle_seconds=_PATIENCE)
    with RunningServer(awkward, path="/", tls=request.param, limits=limits, threads=1) as running:
        yield running


def _caller(url: str) -> socket.socket:
    address = urlsplit(url)
    connected = socket.create_connection((address.hostname, address.port), timeout=_PATIENCE)
    if address.scheme == "http":
        return connected
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connected)


def _rest(caller: socket.socket) -> tuple[bytes, bool]:
    """Return what comes until the connection ends, and whether it ended with a reset."""
    received = b""
    try:
        while piece := caller.recv(65536):
            received += piece
    except ConnectionResetError:
        return received, True
    except ssl.SSLEOFError:
        return received, False
    return received, False


def test_what_is_withheld_never_comes(awkward: Awkward, serving: RunningServer) -> None:
    """The connection is reset, after the work was done; other callers are answered."""
    awkward.delivery = Delivery(is_withheld=True)
    with _caller(serving.url) as caller:
        caller.sendall(_GET)
        # Of a reset beneath TLS, OpenSSL says that the file has ended.
        assert _rest(caller) == (b"", serving.ca_file is None)
    assert awkward.answered.acquire(timeout=_PATIENCE)
    awkward.delivery = None
    with _caller(serving.url) as caller:
        caller.sendall(_GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert _rest(caller)[0].endswith(BODY)


@pytest.mark.parametrize("at", [0, 4])
def test_what_is_cut_off_comes_so_far(awkward: Awkward, serving: RunningServer, at: int) -> None:
    """Its head says the whole length; the rest never comes."""
    awkward.delivery = Delivery(cut_at=at)
    with _caller(serving.url) as caller:
        caller.sendall(_GET)
        received, _ = _rest(caller)
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"Content-Length: 10" in head.title()
    assert body == BODY[:at]


def test_a_cut_beyond_the_end_cuts_nothing(awkward: Awkward, serving: RunningServer) -> None:
    """The connection is kept for the next request."""
    awkward.delivery = Delivery(cut_at=len(BODY))
    with _caller(serving.url) as caller:
        for _ in range(2):
            caller.sendall(_GET)
            received = b""
            while not received.endswith(BODY):
                received += caller.recv(65536)


def test_what_drips_comes_octet_by_octet(awkward: Awkward, serving: RunningServer) -> None:
    """And whole in the end; the connection is kept."""
    awkward.delivery = Delivery(wait_seconds=0.001, octet_seconds=0.001)
    with _caller(serving.url) as caller:
        caller.sendall(_GET)
        received = b""
        while not received.endswith(BODY):
            piece = caller.recv(65536)
            assert piece
            received += piece


def test_who_is_kept_waiting_holds_no_thread_and_no_room(awkward: Awkward, serving: RunningServer) -> None:
    """One thread, two connections: both are kept waiting, and a third caller is answered."""
    awkward.delivery = Delivery(wait_seconds=3600)
    waiting = [_caller(serving.url) for _ in range(2)]
    for caller in some(waiting):
        caller.sendall(_GET)
        assert awkward.answered.acquire(timeout=_PATIENCE)
    awkward.delivery = None
    with _caller(serving.url) as caller:
        caller.sendall(_GET)
        assert caller.recv(65536)
    for caller in waiting:
        caller.close()


def test_who_goes_away_is_waited_for_no_longer() -> None:
    """What they sent before they went is taken for their next request."""

    async def wait() -> bytes:
        reader = asyncio.StreamReader()
        writer = cast("asyncio.StreamWriter", None)
        line = Line(reader, writer, HttpLimits())
        reader.feed_data(_GET)
        reader.feed_eof()
        async with asyncio.timeout(_PATIENCE):
            with pytest.raises(ConnectionError, match="has gone"):
                await ResponseSender(line, None)._wait(3600)
        return line.http.trailing_data[0]

    assert asyncio.run(wait()) == _GET


def test_a_server_that_stops_waits_for_nobody_whom_it_keeps_waiting(awkward: Awkward, serving: RunningServer) -> None:
    """The fixture ends although the response would leave in an hour."""
    awkward.delivery = Delivery(wait_seconds=3600)
    with _caller(serving.url) as caller:
        caller.sendall(_GET)
        assert awkward.answered.acquire(timeout=_PATIENCE)
        serving.close()
        assert _rest(caller)[0] == b""
