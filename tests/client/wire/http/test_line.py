"""Nothing waits for ever, at any stage of an exchange."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import UnreachableError
from esolutions_client.wire.http.line import Line
from esolutions_client.wire.http.transport import HttpResponse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path
from tests.client.wire.support.peers import LARGE, OK, TIMEOUT, Peer, drip, post, read_nothing, say_nothing

pytestmark = pytest.mark.wire

SHORT = 0.5


def drip_its_consent(peer: Peer, connection: socket.socket) -> None:
    """Do the same with the first line of an answer."""
    drip(peer, connection, b"HTTP/1.1 200 ")


def read_slowly(peer: Peer, connection: socket.socket) -> None:
    """Take a large message in small pieces, then answer."""
    peer.is_reached.set()
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1024)
    left = len(LARGE) - len(head.partition(b"\r\n\r\n")[2])
    while left:
        left -= len(connection.recv(min(left, 4096)))
    connection.sendall(OK)
    peer.wait_for_end(connection)


@pytest.mark.parametrize("talk", [say_nothing, drip])
def test_a_server_that_drips_or_is_silent_does_not_hold_an_exchange(start: Callable[..., Peer], talk: Any) -> None:
    """However often a byte comes, the whole exchange has its time; what is sent after that is the next attempt."""
    peer = start(talk)
    with pytest.raises(UnreachableError, match=r"within 0\.5 s"):
        post(f"http://127.0.0.1:{peer.port}/", deadline_seconds=SHORT)
    assert peer.has_ended() in {b"", ConnectionResetError, BrokenPipeError}


def test_a_server_that_drips_inside_tls_does_not_either(
    start: Callable[..., Peer], secured: tuple[ssl.SSLContext, Path]
) -> None:
    """The connection is cut below the encryption."""
    context, ca_file = secured
    peer = start(drip, context)
    with pytest.raises(UnreachableError, match="within 2 s"):
        post(f"https://localhost:{peer.port}/", ca_file=ca_file, deadline_seconds=2.0)
    assert peer.is_reached.is_set()


def test_a_handshake_without_end_is_given_up(start: Callable[..., Peer], secured: tuple[ssl.SSLContext, Path]) -> None:
    """The server accepts and never says who it is."""
    peer = start(say_nothing)
    with pytest.raises(UnreachableError, match=r"within 0\.5 s"):
        post(f"https://localhost:{peer.port}/", ca_file=secured[1], deadline_seconds=SHORT)
    assert peer.is_reached.is_set()


def test_a_proxy_server_that_opens_no_tunnel_is_given_up(start: Callable[..., Peer]) -> None:
    """Its answer to CONNECT has its share of the same time."""
    for talk in (say_nothing, drip_its_consent):
        peer = start(talk)
        with pytest.raises(UnreachableError, match=r"within 0\.5 s"):
            post(
                "https://server.example/",
                http_proxy=f"http://127.0.0.1:{peer.port}",
                deadline_seconds=SHORT,
            )
        assert peer.is_reached.is_set()


def test_a_server_that_reads_nothing_is_given_up(start: Callable[..., Peer]) -> None:
    """A message that does not go out has no more time than an answer that does not come."""
    peer = start(read_nothing)
    with pytest.raises(UnreachableError, match="within 1 s"):
        post(f"http://127.0.0.1:{peer.port}/", LARGE, deadline_seconds=1.0)


def test_a_large_message_may_take_its_time(start: Callable[..., Peer]) -> None:
    """As long as it goes on, and is through in the time of an exchange; the connection is closed then."""
    peer = start(read_slowly)
    assert post(f"http://127.0.0.1:{peer.port}/", LARGE) == HttpResponse(200, b"<ok/>")
    assert peer.has_ended() == b""


def test_a_name_that_is_looked_up_for_ever_is_given_up() -> None:
    """The system's resolver cannot be stopped; none waits for it longer, and it counts as traffic until it ends."""
    answers = threading.Event()
    under_way: list[str] = []
    released = threading.Event()

    @contextlib.contextmanager
    def traffic() -> Iterator[None]:
        under_way.append(threading.current_thread().name)
        try:
            yield
        finally:
            under_way.remove(threading.current_thread().name)
            if not under_way:
                released.set()

    def resolve(*_: object) -> list[Any]:
        answers.wait(TIMEOUT)
        return []

    line = Line(deadline_seconds=SHORT, traffic=traffic, resolve=resolve)
    with pytest.raises(UnreachableError, match="within"), line.exchange():
        line.open("server.example", 443)
    assert under_way == ["look up server.example"]
    answers.set()
    assert released.wait(TIMEOUT)


def test_the_first_address_that_answers_is_taken(start: Callable[..., Peer]) -> None:
    """A name may have several, and not all of them lead somewhere."""
    peer = start(say_nothing)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()
    tcp = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    line = Line(resolve=lambda *_: [(*tcp, closed), (*tcp, ("127.0.0.1", peer.port))])
    with line.exchange(), line.open("server.example", 443) as connection:
        assert connection.getpeername() == ("127.0.0.1", peer.port)
