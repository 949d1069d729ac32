"""Nothing waits for ever, and nothing goes on once communication is off, at any stage of an exchange."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from esolutions_client.errors import TurnedOffError, UnreachableError
from esolutions_client.store.switch import Switch
from esolutions_client.wire.http.line import Line
from esolutions_client.wire.http.transport import HttpResponse, HttpsTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.wire

_SHORT = 0.5
_TIMEOUT = 30
_LARGE = b"x" * 8_000_000
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<ok/>"


class Peer:
    """Accepts one connection, and does with it what a test says, in a thread; `is_reached` when it has it."""

    def __init__(self, talk: Callable[[Peer, socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self.is_reached = threading.Event()
        self.is_over = threading.Event()
        self.ended: object = None
        self._talk = talk
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Let the connection go."""
        self.is_over.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            pass
        self._thread.join(_TIMEOUT)
        self._listener.close()

    def wait_for_end(self, connection: socket.socket) -> None:
        """Read until the other side is gone, and keep how it went: b'' for a farewell, an error for a reset."""
        try:
            while got := connection.recv(1 << 20):
                pass
            self.ended = got
        except OSError as error:
            self.ended = type(error)

    def has_ended(self) -> object:
        """Wait until the other side is gone."""
        self._thread.join(_TIMEOUT)
        assert not self._thread.is_alive()
        return self.ended

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(_TIMEOUT)
        with connection, contextlib.suppress(ssl.SSLError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                self._talk(self, connection)


def say_nothing(peer: Peer, connection: socket.socket) -> None:
    """Read, and never answer."""
    connection.recv(65536)
    peer.is_reached.set()
    peer.wait_for_end(connection)


def read_nothing(peer: Peer, connection: socket.socket) -> None:
    """Let the other side's message fill all buffers; read what has come when it is over."""
    peer.is_reached.set()
    peer.is_over.wait(_TIMEOUT)
    peer.wait_for_end(connection)


def drip(peer: Peer, connection: socket.socket, head: bytes = _HEAD) -> None:
    """Answer with a byte now and then, and come to the end after twenty seconds."""
    connection.recv(65536)
    peer.is_reached.set()
    with contextlib.suppress(OSError):
        connection.sendall(head)
        for _ in range(400):
            if peer.is_over.wait(0.05):
                break
            connection.sendall(b"x")
    peer.wait_for_end(connection)


def drip_its_consent(peer: Peer, connection: socket.socket) -> None:
    """Do the same with the first line of an answer."""
    drip(peer, connection, b"HTTP/1.1 200 ")


def read_slowly(peer: Peer, connection: socket.socket) -> None:
    """Take a large message in small pieces, then answer."""
    peer.is_reached.set()
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1024)
    left = len(_LARGE) - len(head.partition(b"\r\n\r\n")[2])
    while left:
        left -= len(connection.recv(min(left, 4096)))
    connection.sendall(_OK)
    peer.wait_for_end(connection)


@pytest.fixture
def start() -> Iterator[Callable[..., Peer]]:
    """Return a starter of peers; all have ended in the end."""
    with contextlib.ExitStack() as peers:

        def begin(talk: Callable[[Peer, socket.socket], None], context: ssl.SSLContext | None = None) -> Peer:
            peer = Peer(talk, context)
            peers.callback(peer.close)
            return peer

        yield begin


@pytest.fixture
def secured(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for localhost, and the authority to trust."""
    authority = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context, ca_file


def post(url: str, body: bytes = b"<envelope/>", **options: Any) -> HttpResponse:
    """Post once."""
    options.setdefault("http_proxy", "none")
    transport = HttpsTransport(url, allow_plain_http=True, **options)
    try:
        return transport.post(body, operation="SyncProxy")
    finally:
        transport.close()


@pytest.mark.parametrize("talk", [say_nothing, drip])
def test_a_server_that_drips_or_is_silent_does_not_hold_an_exchange(start: Callable[..., Peer], talk: Any) -> None:
    """However often a byte comes, the whole exchange has its time; what is sent after that is the next attempt."""
    peer = start(talk)
    with pytest.raises(UnreachableError, match=r"within 0\.5 s"):
        post(f"http://127.0.0.1:{peer.port}/", deadline_seconds=_SHORT)
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
        post(f"https://localhost:{peer.port}/", ca_file=secured[1], deadline_seconds=_SHORT)
    assert peer.is_reached.is_set()


def test_a_proxy_server_that_opens_no_tunnel_is_given_up(start: Callable[..., Peer]) -> None:
    """Its answer to CONNECT has its share of the same time."""
    for talk in (say_nothing, drip_its_consent):
        peer = start(talk)
        with pytest.raises(UnreachableError, match=r"within 0\.5 s"):
            post(
                "https://server.example/",
                http_proxy=f"http://127.0.0.1:{peer.port}",
                deadline_seconds=_SHORT,
            )
        assert peer.is_reached.is_set()


def test_a_server_that_reads_nothing_is_given_up(start: Callable[..., Peer]) -> None:
    """A message that does not go out has no more time than an answer that does not come."""
    peer = start(read_nothing)
    with pytest.raises(UnreachableError, match="within 1 s"):
        post(f"http://127.0.0.1:{peer.port}/", _LARGE, deadline_seconds=1.0)


def test_a_large_message_may_take_its_time(start: Callable[..., Peer]) -> None:
    """As long as it goes on, and is through in the time of an exchange; the connection is closed then."""
    peer = start(read_slowly)
    assert post(f"http://127.0.0.1:{peer.port}/", _LARGE) == HttpResponse(200, b"<ok/>")
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
        answers.wait(_TIMEOUT)
        return []

    line = Line(deadline_seconds=_SHORT, traffic=traffic, resolve=resolve)
    with pytest.raises(UnreachableError, match="within"), line.exchange():
        line.open("server.example", 443)
    assert under_way == ["look up server.example"]
    answers.set()
    assert released.wait(_TIMEOUT)


def test_the_first_address_that_answers_is_taken(start: Callable[..., Peer]) -> None:
    """A name may have several, and not all of them lead somewhere."""
    peer = start(say_nothing)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()
    tcp = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    line = Line(resolve=lambda *_: [(*tcp, closed), (*tcp, ("127.0.0.1", peer.port))])
    with line.exchange(), line.open("server.example", 443) as connection:
        assert connection.getpeername() == ("127.0.0.1", peer.port)


@pytest.mark.parametrize(
    ("talk", "body", "is_secured"),
    [(say_nothing, b"<envelope/>", False), (drip, b"<envelope/>", False), (say_nothing, b"", True)],
    ids=["waiting for the answer", "reading the answer", "shaking hands"],
)
def test_an_exchange_ends_when_communication_is_turned_off(
    start: Callable[..., Peer], secured: tuple[ssl.SSLContext, Path], talk: Any, body: bytes, *, is_secured: bool
) -> None:
    """At whatever stage; the connection is gone by then."""
    peer = start(talk)
    scheme, ca_file = ("https", secured[1]) if is_secured else ("http", None)
    host = "localhost" if is_secured else "127.0.0.1"
    with pytest.raises(TurnedOffError):
        post(f"{scheme}://{host}:{peer.port}/", body, ca_file=ca_file, may_send=lambda: not peer.is_reached.is_set())
    assert peer.has_ended() in {b"", ConnectionResetError, BrokenPipeError}


def test_what_waits_in_buffers_is_not_sent_once_communication_is_off(start: Callable[..., Peer]) -> None:
    """The connection is reset: a server that begins to read gets what had arrived, and no more."""
    peer = start(read_nothing)
    with pytest.raises(TurnedOffError):
        post(f"http://127.0.0.1:{peer.port}/", _LARGE, may_send=lambda: not peer.is_reached.is_set())
    peer.is_over.set()
    assert peer.has_ended() is ConnectionResetError


def test_a_connection_that_is_not_accepted_is_not_tried_on() -> None:
    """No further SYN leaves: the socket is closed."""
    begun = threading.Event()
    closed: list[socket.socket] = []
    with socket.socket() as full, contextlib.ExitStack() as others:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # A connection that comes when the queue is full gets no answer.
        for _ in range(4):
            other = others.enter_context(socket.socket())
            other.settimeout(0)
            other.connect_ex(full.getsockname())

        def may_send() -> bool:
            if begun.is_set():
                return False
            closed.append(full)
            if len(closed) > 3:
                begun.set()
            return True

        with pytest.raises(TurnedOffError):
            post(f"http://127.0.0.1:{full.getsockname()[1]}/", may_send=may_send)


def test_nothing_is_opened_while_communication_is_off(start: Callable[..., Peer], tmp_path: Path) -> None:
    """No name is looked up, no SYN is sent, no proxy server is asked."""
    switch = Switch(tmp_path / "client.switch")
    switch.turn(on=False)
    peer = start(say_nothing)
    for host, proxy in (("localhost", "none"), ("server.example", f"http://127.0.0.1:{peer.port}")):
        with pytest.raises(TurnedOffError):
            post(f"https://{host}:{peer.port}/", may_send=switch.may_send, traffic=switch.traffic, http_proxy=proxy)
    assert not peer.is_reached.is_set()


def test_an_exchange_shows_as_traffic(start: Callable[..., Peer], tmp_path: Path) -> None:
    """Until its connection is closed."""
    switch = Switch(tmp_path / "client.switch")
    switch.turn(on=True)
    seen: list[bool] = []

    def answer(peer: Peer, connection: socket.socket) -> None:
        connection.recv(65536)
        seen.append(Switch(switch.path).is_quiet())
        connection.sendall(_OK)
        peer.wait_for_end(connection)

    peer = start(answer)
    assert post(f"http://127.0.0.1:{peer.port}/", may_send=switch.may_send, traffic=switch.traffic).status == 200
    assert seen == [False]
    assert switch.is_quiet()
