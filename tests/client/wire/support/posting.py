"""One POST through the HTTPS port."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esolutions_client.wire.http.transport import HttpResponse, HttpsTransport

if TYPE_CHECKING:
    from pathlib import Path


Serve = Callable[..., Any]


def post(url: str, ca_file: Path | None = None, proxy: str | None = "none", *, plain: bool = False) -> HttpResponse:
    """Post one envelope and close the connection."""
    transport = HttpsTransport(url, ca_file=ca_file, http_proxy=proxy, allow_plain_http=plain)
    try:
        return transport.post(b"<envelope/>", operation="SyncProxy")
    finally:
        transport.close()
