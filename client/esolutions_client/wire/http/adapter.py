"""Give `requests` connections that our line opens and that our TLS context checks.

What is sent over them, and when, is not decided here.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from esolutions_client.errors import UsageError

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from esolutions_client.wire.http.line import Line

__all__ = ["READ_SECONDS", "verifying_adapter"]

# For each piece of the handshake, of a proxy server's answer and of the message.
READ_SECONDS = 60.0


def verifying_adapter(line: Line, ca_file: Path | None) -> HTTPAdapter:
    """Return an adapter whose connections a line opens, and that trusts these authorities, or the system's.

    Raises:
        UsageError: the file holds no certificates.
    """
    return _VerifyingAdapter(_context(ca_file), _pools(line))


class _VerifyingAdapter(HTTPAdapter):
    """Hands our TLS context, with its authorities and its host name check, and our line to every connection."""

    def __init__(self, context: ssl.SSLContext, pools: dict[str, Any]) -> None:
        self._context = context
        self._pools = pools
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> Any:
        manager: Any = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:  # noqa: ARG002 - the signature is theirs
        """Leave the authorities to the context; requests would load its own bundle here."""
        conn.cert_reqs = "CERT_REQUIRED"  # type: ignore[attr-defined]


def _pools(line: Line) -> dict[str, Any]:
    """Return urllib3's pools with connections that a line opens, so that it can cut them at every stage."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(line, self)

    class Secured(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(line, self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}


def _opened(line: Line, connection: HTTPConnection) -> socket.socket:
    # An address of version 6 comes in the brackets of its URL.
    opened = line.open(connection.host.strip("[]"), connection.port)
    opened.settimeout(READ_SECONDS)
    return opened


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        raise UsageError(f"{ca_file} holds no certificates that can be trusted: {error}") from error
