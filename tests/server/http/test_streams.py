"""Bodies that come piece by piece: what the application does, and what the caller sees."""

from __future__ import annotations

import queue
import socket
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import pytest
import requests

from esolutions_server.http.connections.streams import BodyStream
from esolutions_server.http.serving import RunningServer, ServingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

_PATIENCE = 20.0
_STREAM = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Feed:
    """A stream that says what it is fed, until it is told that nobody reads it."""

    def __init__(self, on_gone: Callable[[Callable[[], None]], None]) -> None:
        self.fed: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.closed = threading.Event()
        on_gone(lambda: self.fed.put(None))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """Wait for what comes next."""
        piece = self.fed.get(timeout=_PATIENCE)
        if piece is None:
            raise StopIteration
        if piece == b"fail":
            raise ZeroDivisionError
        return piece

    def close(self) -> None:
        """Note that nobody reads it any more."""
        self.closed.set()


class Application:
    """Streams at one path, and answers at all others."""

    def __init__(self) -> None:
        self.public_url = ""
        self.errors: deque[BaseException] = deque()
        self.feeds: queue.SimpleQueue[Feed] = queue.SimpleQueue()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != "/stream":
            start_response("200 OK", [("Content-Length", "2")])
            return [b"hi"]
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        feed = Feed(environ["esolutions.on_gone"])
        self.feeds.put(feed)
        return feed

    def feed(self) -> Feed:
        """Return the next stream that somebody asks for."""
        return self.feeds.get(timeout=_PATIENCE)


@pytest.fixture
def application() -> Application:
    """Give an application that streams."""
    return Application()


@pytest.fixture
def running(application: Application) -> Iterator[RunningServer]:
    """Give a server of it."""
    with RunningServer(application, path="/stream", tls="off", streams=2) as server:
        yield server


def _asked(url: str) -> socket.socket:
    address = urlsplit(url)
    caller = socket.create_connection((address.hostname, address.port), timeout=_PATIENCE)
    caller.sendall(_STREAM)
    return caller


def _until(caller: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        piece = caller.recv(65536)
        assert piece, f"it ended after {received!r}"
        received += piece
    return received


@pytest.mark.wire
def test_each_piece_leaves_when_it_is_there(application: Application, running: RunningServer) -> None:
    """In chunks, as the length is not known; the connection is kept for the next request."""
    with _asked(running.url) as caller:
        feed = application.feed()
        feed.fed.put(b"one")
        assert b"Transfer-Encoding: chunked" in _until(caller, b"3\r\none\r\n")
        feed.fed.put(b"")
        feed.fed.put(b"two")
        assert _until(caller, b"two\r\n") == b"3\r\ntwo\r\n"
        feed.fed.put(None)
        assert _until(caller, b"0\r\n\r\n") == b"0\r\n\r\n"
        assert feed.closed.wait(_PATIENCE)
        caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert _until(caller, b"hi").startswith(b"HTTP/1.1 200")


@pytest.mark.wire
def test_a_request_that_came_meanwhile_is_answered_after_the_stream(
    application: Application, running: RunningServer
) -> None:
    """Nothing of it is lost, and it ends nothing."""
    with _asked(running.url) as caller:
        feed = application.feed()
        caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        feed.fed.put(b"one")
        _until(caller, b"one\r\n")
        feed.fed.put(None)
        assert _until(caller, b"hi").startswith(b"0\r\n\r\nHTTP/1.1 200")


@pytest.mark.wire
def test_a_caller_who_has_gone_ends_the_stream(application: Application, running: RunningServer) -> None:
    """At once: the application hears of it while it waits for something to say."""
    with _asked(running.url):
        feed = application.feed()
    assert feed.closed.wait(_PATIENCE)


@pytest.mark.wire
def test_there_is_an_end_of_streams_and_none_of_answers(application: Application, running: RunningServer) -> None:
    """One too many hears why, and its application is closed; once another has ended, there is room."""
    with _asked(running.url) as first, _asked(running.url), requests.Session() as session:
        session.trust_env = False
        feeds = [application.feed(), application.feed()]
        refused = session.get(running.url, timeout=_PATIENCE)
        assert (refused.status_code, "streams" in refused.text) == (503, True)
        assert application.feed().closed.wait(_PATIENCE)
        other = session.get(running.url.replace("/stream", "/"), timeout=_PATIENCE)
        assert other.text == "hi"
        for feed in feeds:
            feed.fed.put(None)
        _until(first, b"0\r\n\r\n")
        with _asked(running.url) as third:
            application.feed().fed.put(b"again")
            _until(third, b"again\r\n")


@pytest.mark.wire
def test_a_server_that_stops_ends_its_streams(application: Application) -> None:
    """As if the application had had no more to say: the caller sees a whole body."""
    with RunningServer(application, path="/stream", tls="off") as running:
        caller = _asked(running.url)
        feed = application.feed()
        feed.fed.put(b"one")
        _until(caller, b"one\r\n")
    with caller:
        assert _until(caller, b"0\r\n\r\n") == b"0\r\n\r\n"
    assert feed.closed.is_set()


@pytest.mark.wire
def test_a_stream_that_fails_is_no_whole_body(application: Application) -> None:
    """The caller sees that there should be more; who started the server gets the error."""
    with pytest.raises(ServingError, match="ZeroDivisionError"):
        _fail_in_the_middle(application)


def _fail_in_the_middle(application: Application) -> None:
    with RunningServer(application, path="/stream", tls="off") as running, _asked(running.url) as caller:
        feed = application.feed()
        feed.fed.put(b"one")
        _until(caller, b"one\r\n")
        feed.fed.put(b"fail")
        assert caller.recv(100) == b""
        assert feed.closed.wait(_PATIENCE)


@pytest.mark.wire
def test_head_asks_for_no_piece(application: Application, running: RunningServer) -> None:
    """The head of a stream is answered at once."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.head(running.url, timeout=_PATIENCE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert application.feed().closed.is_set()


def test_an_iterable_is_closed_once_by_whoever_is_last() -> None:
    """Never while it runs: a generator that is closed by another thread meanwhile would fail."""
    closed: list[str] = []
    entered, go_on = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            entered.set()
            assert go_on.wait(_PATIENCE)
            yield b"two"
        finally:
            closed.append("closed")

    stream = BodyStream(pieces())
    assert stream.next_piece() == b"one"
    seen: list[Any] = []
    reader = threading.Thread(target=lambda: seen.append(stream.next_piece()))
    reader.start()
    assert entered.wait(_PATIENCE)
    assert not stream.end()
    assert not closed
    go_on.set()
    reader.join(_PATIENCE)
    assert (seen, closed) == ([None], ["closed"])
    stream.close()
    assert stream.next_piece() is None
    assert closed == ["closed"]
