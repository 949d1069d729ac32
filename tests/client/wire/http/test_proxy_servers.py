"""The HTTPS port and proxy servers: which is used, when none is, and what is said where one fails."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import UnreachableError
from esolutions_client.wire.http.transport import HttpResponse, HttpsTransport

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

from tests.client.wire.support.posting import Serve, post

pytestmark = pytest.mark.wire


def test_the_proxy_server_of_the_setting_is_used(serve: Serve, ca_file: Path) -> None:
    """It is asked for a tunnel and sees no more than the name of the server."""
    proxy = serve(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    with pytest.raises(UnreachableError):
        post("https://server.example/CommunicationServer", ca_file, f"http://127.0.0.1:{proxy.port}")
    (asked,) = proxy.requests
    assert asked.startswith(b"CONNECT server.example:443 HTTP/1.")
    assert b"envelope" not in asked


def test_the_proxy_server_of_the_system_is_used_unless_it_is_turned_off(
    serve: Serve, authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default is the system's setting; `none` is none."""
    proxy = serve(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    server = serve(certificate=authority.issue_cert("server.example"))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def post_there(proxy_setting: str | None) -> HttpResponse:
        url = f"https://server.example:{server.port}/"
        transport = HttpsTransport(url, ca_file=ca_file, http_proxy=proxy_setting, resolve=at_home)
        try:
            return transport.post(b"<envelope/>", operation="SyncProxy")
        finally:
            transport.close()

    with pytest.raises(UnreachableError, match="the proxy server"):
        post_there(None)
    assert proxy.requests[0].startswith(f"CONNECT server.example:{server.port} ".encode())
    assert server.requests == []
    assert post_there("none").status == 200
    assert len(server.requests) == len(proxy.requests) == 1


def at_home(host: str, port: int, *_: object) -> list[Any]:
    """Resolve every name to this machine, as a test's name server would."""
    return socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_STREAM)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "127.1", "localhost", "LOCALHOST.", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("setting", ["the system's", "the client's"])
def test_what_is_for_this_machine_goes_to_no_proxy_server(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str, setting: str
) -> None:
    """Plain HTTP is for loopback as it leaves no machine there: neither the environment nor an option sends it away."""
    proxy, server = serve(), serve()
    address = f"http://127.0.0.1:{proxy.port}"
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, address)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    transport = HttpsTransport(
        f"http://{host}:{server.port}/",
        http_proxy=None if setting == "the system's" else address,
        allow_plain_http=True,
        resolve=at_home,
    )
    assert transport.post(b"<envelope/>", operation="SyncProxy").status == 200
    assert (len(server.requests), proxy.requests) == (1, [])


def test_neither_does_what_is_encrypted(
    serve: Serve, authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy server would connect to a loopback address of its own."""
    proxy, server = serve(), serve(certificate=authority.issue_cert("localhost"))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    for setting in (None, f"http://127.0.0.1:{proxy.port}"):
        assert post(f"https://localhost:{server.port}/", ca_file, setting).status == 200
    assert (len(server.requests), proxy.requests) == (2, [])


def test_a_name_server_sends_no_plain_message_away() -> None:
    """`localhost` is this machine, or nothing: an address elsewhere is not connected to."""

    def resolve(_host: str, port: int, *_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", port))]

    transport = HttpsTransport("http://localhost:8080/", allow_plain_http=True, resolve=resolve)
    with pytest.raises(UnreachableError, match="localhost has no address"):
        transport.post(b"<envelope/>", operation="SyncProxy")


@pytest.mark.parametrize("status", [407, 502, 503, 504])
def test_a_proxy_server_that_refuses_is_named_as_such(serve: Serve, status: int) -> None:
    """The fault is not looked for at the server; the proxy's user and password are in no message."""
    proxy = serve(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    with pytest.raises(UnreachableError, match=f"the proxy server http://127.0.0.1:{proxy.port} .*{status}") as caught:
        post("https://me:hidden@server.example/x", proxy=f"http://boss:p%40ss%2Fword@127.0.0.1:{proxy.port}")
    assert not [word for word in ("boss", "word", "me:", "hidden") if word in str(caught.value)]


def test_a_proxy_server_that_is_not_there_is_named_as_such() -> None:
    """It is the proxy that refuses the connection, not the server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnreachableError, match=f"the proxy server http://127.0.0.1:{port} .*refused"):
        post("https://server.example/x", proxy=f"http://boss:secret@127.0.0.1:{port}")


def test_a_server_that_does_not_answer_through_a_proxy_server_is_told_from_the_proxy(serve: Serve) -> None:
    """The tunnel stands, and what is at its other end is no TLS."""
    proxy = serve(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with pytest.raises(UnreachableError, match=r"no answer from https://server\.example/x through the proxy server"):
        post("https://server.example/x", proxy=f"http://127.0.0.1:{proxy.port}")
