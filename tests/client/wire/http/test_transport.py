"""The HTTPS port on loopback: where it goes, and what it takes back."""

from __future__ import annotations

import gzip
import socket
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import ProtocolError, UnreachableError, UsageError
from esolutions_client.wire.codec import decode
from esolutions_client.wire.http.transport import check_url

if TYPE_CHECKING:
    from esolutions_client.wire.security import Credentials
from tests.client.wire.support.posting import Serve, post

pytestmark = pytest.mark.wire


@pytest.mark.parametrize(
    ("url", "allowed", "complaint"),
    [
        ("http://127.0.0.1/", False, "is not encrypted"),
        ("http://server.example/", False, "is not encrypted"),
        ("http://server.example/", True, "is not a loopback address"),
        ("http://192.168.0.1/", True, "is not a loopback address"),
        ("http://127.0.0.1.example/", True, "is not a loopback address"),
        ("http://localhost.example/", True, "is not a loopback address"),
        ("http://localhost@server.example/", True, "is not a loopback address"),
        ("ftp://server.example/", True, "is not a server address"),
        ("server.example", True, "is not a server address"),
        ("https://", True, "is not a server address"),
        ("", True, "is not a server address"),
        ("https://[::1", True, "is not a server address"),
        ("https://server.example:99999/", True, "is not a server address"),
        ("https://server.example:https/", True, "is not a server address"),
    ],
)
def test_readings_are_not_sent_unprotected(url: str, complaint: str, *, allowed: bool) -> None:
    """Plain HTTP is for this machine, and only when asked for; the text says what to do instead."""
    with pytest.raises(UsageError, match=complaint):
        check_url(url, allow_plain_http=allowed)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "127.1", "[::1]", "localhost", "a.localhost"])
def test_plain_http_to_this_machine_is_possible(host: str) -> None:
    """With the flag."""
    assert check_url(f"http://{host}:8080/", allow_plain_http=True)


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    """Readings go where a person said, not where an answer says."""
    target = serve()
    moved = f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{target.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    server = serve(moved)
    assert post(f"http://127.0.0.1:{server.port}/", plain=True).status == 307
    assert target.requests == []


@pytest.mark.parametrize(
    "url",
    ["ftp://me:hidden@server/x", "http://me:hidden@server/x", "http://me:hidden@10.0.0.1/x", "https://me:hidden@"],
)
@pytest.mark.parametrize("plain", [False, True])
def test_a_refused_address_is_shown_without_its_password(url: str, *, plain: bool) -> None:
    """A message is read aloud, sent to support, kept in a log."""
    with pytest.raises(UsageError) as caught:
        check_url(url, allow_plain_http=plain)
    assert "hidden" not in str(caught.value)


def test_an_answer_without_end_is_refused(serve: Serve) -> None:
    """Eight megabytes, plain or unpacked; what is more is not read."""
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
    plain = b"x" * (8 * 1024 * 1024 + 1)
    for answer in (
        head + b"\r\n" + plain,
        head + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(100 * 1024 * 1024), 1),
    ):
        server = serve(answer)
        with pytest.raises(ProtocolError, match="larger than"):
            post(f"http://127.0.0.1:{server.port}/", plain=True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n<part",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<ok/>\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=["nothing", "half a body", "a chunk too few", "no gzip", "another protocol"],
)
def test_half_an_answer_is_none(serve: Serve, answer: bytes) -> None:
    """Cut anywhere, it is as if nothing had come: the message is sent again."""
    server = serve(answer)
    with pytest.raises(UnreachableError, match="no answer from"):
        post(f"http://127.0.0.1:{server.port}/", plain=True)


def test_half_a_header_is_no_acknowledgement(serve: Serve, credentials: Credentials) -> None:
    """The libraries take it for an answer without content, which is none to us: the message is sent again."""
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Le")
    answer = post(f"http://127.0.0.1:{server.port}/", plain=True)
    with pytest.raises(ProtocolError):
        decode("SyncProxy", "any message", answer.body, credentials)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """The error says where it was looked for, and why in one phrase."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnreachableError, match=f"127.0.0.1:{port}.*refused"):
        post(f"http://127.0.0.1:{port}/", plain=True)
