"""Peers that are ended, and certificates of an authority of the test's own."""

from __future__ import annotations

import contextlib
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.client.wire.support.peers import Peer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path


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
