"""A proxy, answers as its server would sign them, and servers that say what a test tells them to."""

from __future__ import annotations

import contextlib
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from esolutions_client.wire.security import SOAP, WSSE, WSU, Credentials
from esolutions_client.wire.signature import sign
from tests.client.wire.support.scripted_server import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import trustme

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<ok/>"
MESSAGE_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.fixture(scope="session")
def credentials() -> Credentials:
    """Who the client is in these tests."""
    return Credentials("0f8fad5b-d9cb-469f-a165-70867728950e", "c2VjcmV0" * 11)


@pytest.fixture(scope="session")
def moment() -> datetime:
    """When everything happens."""
    return datetime(2026, 3, 1, 2, 17, tzinfo=UTC)


@pytest.fixture(scope="session")
def signed(credentials: Credentials) -> Callable[..., bytes]:
    """Return a maker of signed answers around the XML of a content."""

    def make(content: str, secret: str = credentials.secret) -> bytes:
        text = (
            f'<e:Envelope xmlns:e="{SOAP}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:tns="{NAMESPACE}">'
            f"<e:Header><wsse:Security/></e:Header><e:Body>{content}</e:Body></e:Envelope>"
        )
        root = etree.fromstring(text)
        root[0][0].append(sign(root[1], secret))
        return etree.tostring(root)

    return make


@pytest.fixture(scope="session")
def receipt() -> str:
    """The XML of a receipt for a status message."""
    return (
        "<tns:SyncProxyStatusReceipt><tns:ReceiptId>5ec01d01-0000-4000-8000-000000000000</tns:ReceiptId>"
        f"<tns:InReplyTo>{MESSAGE_ID}</tns:InReplyTo><tns:IssuedAt>2026-03-01T02:17:00Z</tns:IssuedAt>"
        "<tns:Device><tns:SerialNumber>ABC123456</tns:SerialNumber><tns:Outcome>Accepted</tns:Outcome></tns:Device>"
        "</tns:SyncProxyStatusReceipt>"
    )


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Return a starter of servers; all are stopped at the end."""
    with contextlib.ExitStack() as servers:

        def start(answer: bytes = OK, certificate: trustme.LeafCert | None = None) -> ScriptedServer:
            context = None
            if certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                certificate.configure_cert(context)
            server = ScriptedServer(answer, context)
            servers.callback(server.close)
            return server

        yield start
