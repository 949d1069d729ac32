"""The WSDL names the address by which its caller came, to callers who came by a name that is allowed."""

from __future__ import annotations

import io
import random
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from esolutions_server import open_server
from esolutions_server.http.serving import RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server import ReferenceServer

PUBLIC = "https://meters.example/CommunicationServer"
STRANGERS = ["evil.example", "evil.example:8443", "127.0.0.1.evil.example", "", "localhost@evil.example", "localhost/x"]


@pytest.fixture
def server() -> Iterator[ReferenceServer]:
    """A server with a public address, and one more name."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with open_server("sqlite://", now=lambda: now, rng=random.Random(1), allowed_hosts=["intranet", ""]) as opened:
        opened.wsgi.public_url = PUBLIC
        yield opened


def _ask(server: ReferenceServer, method: str = "GET", **environ: Any) -> tuple[str, dict[str, str], bytes]:
    seen: list[Any] = []
    request = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/CommunicationServer",
        "QUERY_STRING": "wsdl",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    body = server.wsgi({**request, **environ}, lambda status, headers: seen.extend((status, dict(headers))))
    return seen[0], seen[1], b"".join(body)


def _address(server: ReferenceServer, host: str, **environ: Any) -> str:
    _, _, document = _ask(server, HTTP_HOST=host, **environ)
    found = re.findall(rb'address location="([^"]*)"', document)
    assert len(found) == 1
    return str(found[0], "ascii")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "[::1]:8443", "INTRANET", "meters.example:99"])
def test_a_caller_who_came_by_an_allowed_name_is_given_it(server: ReferenceServer, host: str) -> None:
    """Loopback's names, the public one with another port, and one that the operator gave."""
    assert _address(server, host) == f"http://{host.lower()}/CommunicationServer"


@pytest.mark.parametrize("host", STRANGERS)
def test_a_caller_who_came_by_another_name_is_given_the_public_address(server: ReferenceServer, host: str) -> None:
    """Whatever the Host header says: it is text of a stranger."""
    assert _address(server, host) == PUBLIC


def test_the_public_name_is_given_as_it_was_published(server: ReferenceServer) -> None:
    """Something else may end TLS before the server, which sees plain HTTP."""
    assert _address(server, "meters.example") == PUBLIC


def test_no_caller_is_given_the_address_of_another(server: ReferenceServer) -> None:
    """One after the other, and back; nobody on the way may keep the document."""
    hosts = ["localhost:1", "intranet", "evil.example", "localhost:1"]
    found = [_address(server, host) for host in hosts]
    assert found == [
        "http://localhost:1/CommunicationServer",
        "http://intranet/CommunicationServer",
        PUBLIC,
        "http://localhost:1/CommunicationServer",
    ]
    assert _ask(server)[1]["Cache-Control"] == "no-store"


def test_the_address_has_the_prefix_of_the_application(server: ReferenceServer) -> None:
    """A namespace's service is below it."""
    assert _address(server, "localhost", SCRIPT_NAME="/ns/one") == "http://localhost/ns/one/CommunicationServer"


@pytest.mark.parametrize("query", ["wsdl", "WSDL", ""])
def test_head_is_answered_as_get_without_the_body(server: ReferenceServer, query: str) -> None:
    """The same status and header fields, the length of the body among them."""
    status, headers, body = _ask(server, QUERY_STRING=query)
    assert _ask(server, "HEAD", QUERY_STRING=query) == (status, headers, b"")
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.wire
def test_head_leaves_the_connection_usable(server: ReferenceServer) -> None:
    """On a real socket: no body follows, and the next request is answered; the address is the one that was dialled."""
    with RunningServer(server.wsgi, tls="off") as running, requests.Session() as session:
        session.trust_env = False
        head = session.head(f"{running.url}?wsdl", timeout=10)
        got = session.get(f"{running.url}?wsdl", timeout=10)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]
        assert f'location="{running.url}"'.encode() in got.content
        assert session.put(running.url, timeout=10).headers["Allow"] == "POST, GET, HEAD"


def test_curl_without_a_content_type_is_told_what_to_send(server: ReferenceServer) -> None:
    """What `curl -d` sends unless it is told otherwise is a form."""
    kind = "application/x-www-form-urlencoded"
    status, _, body = _ask(server, "POST", CONTENT_TYPE=kind, CONTENT_LENGTH="0")
    assert status.startswith("500")
    assert f"the Content-Type is '{kind}', and a SOAP 1.1 message is text/xml".encode() in body
    assert b"--data-binary @FILE" in body
