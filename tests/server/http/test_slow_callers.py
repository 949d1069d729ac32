"""Strangers that are slow, silent, endless or many: an honest caller is answered beside them."""

from __future__ import annotations

import errno
import json
import logging
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from esolutions_server.http.limits import HttpLimits
from esolutions_server.http.serving import RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.support.world import World

pytestmark = pytest.mark.wire

_XML = {"Content-Type": "text/xml; charset=utf-8"}
_POST = b"POST /CommunicationServer HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
# Long enough for any machine; whoever needs it has failed.
_PATIENCE = 20.0


def _stranger(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=_PATIENCE)


def _secured(url: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(_stranger(url))


def _rest(stranger: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    received = b""
    try:
        while piece := stranger.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


@contextmanager
def _serving(world: World, tls: str = "off", **limits: float) -> Iterator[RunningServer]:
    with RunningServer(world.server.wsgi, tls=tls, limits=HttpLimits(**limits)) as running:  # type: ignore[arg-type]
        yield running


def _is_answered(world: World, running: RunningServer) -> bool:
    proxy = world.proxy()
    verify = str(running.ca_file) if running.ca_file else True
    with requests.Session() as session:
        session.trust_env = False
        envelope = proxy.envelope(proxy.register_payload())
        return b"Receipt" in session.post(running.url, envelope, headers=_XML, verify=verify, timeout=_PATIENCE).content


def test_silent_and_slow_strangers_keep_nobody_waiting(world: World) -> None:
    """Connections without a handshake, with half a head and with half a body; none of them has reached its limit."""
    with _serving(world, "auto", handshake_seconds=600, head_seconds=600) as running, ExitStack() as strangers:
        for _ in range(100):
            strangers.enter_context(_stranger(running.url))
        for begun in [_POST, _POST + b"Content-Length: 3000\r\n\r\n<half"] * 10:
            stranger = strangers.enter_context(_secured(running.url))
            stranger.sendall(begun)
        assert _is_answered(world, running)


@pytest.mark.parametrize("begun", [b"", _POST, _POST + b"Content-Length: 3000\r\n\r\n<half"])
def test_a_request_that_does_not_come_is_not_waited_for(world: World, begun: bytes) -> None:
    """Neither its head nor its body."""
    with _serving(world, head_seconds=0.05, request_seconds=0.05) as running, _stranger(running.url) as stranger:
        stranger.sendall(begun)
        assert _rest(stranger) == b""


def test_a_handshake_that_does_not_come_is_not_waited_for(world: World) -> None:
    """A TCP connection to an HTTPS server that says nothing."""
    with _serving(world, "auto", handshake_seconds=0.05) as running, _stranger(running.url) as stranger:
        assert _rest(stranger) == b""


def test_the_longest_waiting_stranger_makes_room(world: World) -> None:
    """Beyond what one address may have, the oldest connection that asks for nothing goes."""
    with _serving(world, head_seconds=600, connections_per_address=3) as running, ExitStack() as opened:
        strangers = [opened.enter_context(_stranger(running.url)) for _ in range(3)]
        assert _is_answered(world, running)
        assert _rest(strangers[0]) == b""


def _statement(*lines: bytes) -> bytes:
    return _POST + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (_statement(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
        (_statement(b"Content-Length: 5", b"Content-Length: 6") + b"hello", 400),
        (_statement(b"Content-Length: five") + b"hello", 400),
        (_statement(b"Transfer-Encoding: chunked") + b"xyz\r\nhello\r\n", 400),
        (_statement(b"Transfer-Encoding: gzip") + b"hello", 501),
        (_statement(*[b"X-%d: y" % number for number in range(100)]), 431),
        (_POST + b"X-Long: " + b"y" * 40_000, 431),
        (b"\x16\x03\x01 this is TLS\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_ends(
    world: World, sent: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Two lengths, chunks that are none, endless heads: a status, and no traceback."""
    with _serving(world) as running, _stranger(running.url) as stranger:
        stranger.sendall(sent)
        answer = _rest(stranger)
        assert answer.split(b" ")[1:2] == [str(status).encode()]
        assert _is_answered(world, running)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_request_that_is_cut_off_leaves_no_trace(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """In the middle of a chunk, or of a measured body."""
    with _serving(world) as running:
        for begun in (
            _statement(b"Transfer-Encoding: chunked") + b"10\r\nhalf",
            _statement(b"Content-Length: 9") + b"h",
        ):
            with _stranger(running.url) as stranger:
                stranger.sendall(begun)
                stranger.shutdown(socket.SHUT_WR)
                _rest(stranger)
        assert _is_answered(world, running)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_bodies_of_all_callers_together_are_bounded(world: World) -> None:
    """Who comes when the server holds as much as it may is told to try again."""
    with _serving(world, buffered_octets=4000) as running, _stranger(running.url) as stranger:
        stranger.sendall(_statement(b"Content-Length: 9000") + b"y" * 9000)
        assert _rest(stranger).split(b" ")[1] == b"503"
        assert _is_answered(world, running)


class _Poor(socket.socket):
    """A listener of a process that has run out of descriptors a few times."""

    refusals = 3

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_a_lack_of_descriptors_passes_and_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One line when it begins and one when it is over."""
    bound = RunningServer._bound

    def poor(server: RunningServer) -> socket.socket:
        listener = bound(server)
        made = _Poor(fileno=listener.detach())
        made.settimeout(0)
        return made

    monkeypatch.setattr(RunningServer, "_bound", poor)
    with _serving(world) as running:
        assert _is_answered(world, running)
    told = [record.getMessage() for record in caplog.records if record.name.endswith("acceptor")]
    assert len(told) == 2
    assert "Too many open files" in told[0]
    assert "again" in told[1]


def test_the_command_ends_beside_slow_strangers(tmp_path: Path) -> None:
    """SIGTERM ends it with 0 and without a word on stderr, whoever is connected."""
    command = [sys.executable, "-m", "esolutions_server", "serve", "--port", "0", "--data-dir", str(tmp_path), "--json"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        ExitStack() as strangers,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        url = json.loads(process.stdout.readline())["url"]
        for _ in range(20):
            strangers.enter_context(_stranger(url))
            strangers.enter_context(_secured(url)).sendall(_POST)
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE) == 0
        assert process.stderr.read() == ""
