"""An exchange with the server ends once communication is turned off, at any stage of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import TurnedOffError
from esolutions_client.store.switch import Switch

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path
from tests.client.wire.support.peers import LARGE, OK, Peer, drip, post, read_nothing, say_nothing

pytestmark = pytest.mark.wire


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
        post(f"http://127.0.0.1:{peer.port}/", LARGE, may_send=lambda: not peer.is_reached.is_set())
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
        connection.sendall(OK)
        peer.wait_for_end(connection)

    peer = start(answer)
    assert post(f"http://127.0.0.1:{peer.port}/", may_send=switch.may_send, traffic=switch.traffic).status == 200
    assert seen == [False]
    assert switch.is_quiet()
