"""The HTTPS port on loopback: whom it trusts, where it goes, and what it takes back."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from esolutions_client.errors import ProtocolError, UnreachableError, UsageError
from esolutions_client.wire.codec import decode
from esolutions_client.wire.http.transport import HttpResponse, HttpsTransport, check_url

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_client.wire.security import Credentials

pytestmark = pytest.mark.wire

Serve = Callable[..., Any]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The authority that the client is told to trust."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """Its certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def post(url: str, ca_file: Path | None = None, proxy: str | None = "none", *, plain: bool = False) -> HttpResponse:
    """Post one envelope and close the connection."""
    transport = HttpsTransport(url, ca_file=ca_file, http_proxy=proxy, allow_plain_http=plain)
    try:
        return transport.post(b"<envelope/>", operation="SyncProxy")
    finally:
        transport.close()


def test_a_server_with_the_right_certificate_is_asked(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """One POST with the SOAP headers and exactly the body; the answer comes back as it is."""
    server = serve(certificate=authority.issue_cert("localhost"))
    assert post(f"https://localhost:{server.port}/CommunicationServer", ca_file) == HttpResponse(200, b"<ok/>")
    (asked,) = server.requests
    assert asked.startswith(b"POST /CommunicationServer HTTP/1.1\r\n")
    assert asked.endswith(b"\r\n\r\n<envelope/>")
    lines = asked.split(b"\r\n")
    assert b'SOAPAction: "SyncProxy"' in lines
    assert b"Content-Type: text/xml; charset=utf-8" in lines
    assert b"Accept-Encoding: identity" in lines


def test_a_certificate_of_another_authority_is_refused(serve: Serve, ca_file: Path) -> None:
    """Not a byte of the message is sent."""
    server = serve(certificate=trustme.CA().issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{server.port}/", ca_file)
    assert server.requests == []


def test_a_test_authority_is_not_trusted_by_itself(serve: Serve, authority: trustme.CA) -> None:
    """Without `--ca` it is the system's authorities."""
    server = serve(certificate=authority.issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{server.port}/")
    assert server.requests == []


def test_a_certificate_for_another_host_is_refused(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """The name is always checked, and so is an address."""
    server = serve(certificate=authority.issue_cert("elsewhere.example"))
    for host in ("localhost", "127.0.0.1"):
        with pytest.raises(UnreachableError, match=r"(?i)mismatch|match"):
            post(f"https://{host}:{server.port}/", ca_file)
    assert server.requests == []


def test_an_expired_certificate_is_refused(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """Even by a day, even from the right authority."""
    expired = authority.issue_cert(
        "localhost", not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2020, 1, 2, tzinfo=UTC)
    )
    server = serve(certificate=expired)
    with pytest.raises(UnreachableError, match="expired"):
        post(f"https://localhost:{server.port}/", ca_file)
    assert server.requests == []


def test_the_environment_replaces_no_authority(
    serve: Serve, authority: trustme.CA, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`REQUESTS_CA_BUNDLE` neither spoils the right authority nor brings in a wrong one."""
    other = trustme.CA()
    bundle = tmp_path / "bundle.pem"
    other.cert_pem.write_to_path(str(bundle))
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(bundle))
    right = serve(certificate=authority.issue_cert("localhost"))
    assert post(f"https://localhost:{right.port}/", ca_file).status == 200
    wrong = serve(certificate=other.issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{wrong.port}/", ca_file)


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
