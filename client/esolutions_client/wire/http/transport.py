"""The HTTPS port to the Communication Server.

One class makes every exchange of this client with a server, over a line that is
opened for it and closed after it, and it lets no foreign exception through. It
checks certificates and host names always; plain HTTP is for a loopback address,
and only when the caller says so. What is for a loopback address goes to it, and
never to a proxy server.
"""

from __future__ import annotations

import socket
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import requests

from esolutions_client import __version__
from esolutions_client.errors import ClientError, ProtocolError, UnreachableError, UsageError
from esolutions_client.wire.http.adapter import READ_SECONDS, verifying_adapter
from esolutions_client.wire.http.line import CONNECT_SECONDS, DEADLINE_SECONDS, Line
from esolutions_client.wire.http.loopback import is_loopback, only_loopback
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["TIMEOUT_SECONDS", "HttpResponse", "HttpsTransport", "Transport", "check_url"]

# Largest response we take: 4,000 commands of the published 1,510 bytes, or so.
_MAX_RESPONSE_BYTES = 8 * 1024 * 1024
# To connect, and between two pieces of a response; `DEADLINE_SECONDS` limits all of it together.
TIMEOUT_SECONDS = (CONNECT_SECONDS, READ_SECONDS)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back: the status, the body after any content coding, and the Date header as it stands."""

    status: int
    body: bytes
    date: str | None = None


class Transport(Protocol):
    """Carries one SOAP request to the server and its answer back."""

    def post(self, body: bytes, *, operation: str) -> HttpResponse:
        """Send the body.

        Raises:
            UnreachableError: nothing, or not a whole answer, came back in time.
            ProtocolError: the answer is larger than any that a server would give.
            TurnedOffError: communication is turned off, or was meanwhile.
        """


def check_url(url: str, *, allow_plain_http: bool = False) -> str:
    """Return the URL if a client may use it.

    Raises:
        UsageError: it is no URL, or would send readings unprotected; the text says what to do.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{masked(url)!r} is not a server address: {error}") from error
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"{masked(url)!r} is not a server address: give https://HOST[:PORT]/CommunicationServer")
    if not allow_plain_http:
        raise UsageError(
            f"{masked(url)} is not encrypted: use https://, or add --allow-plain-http if it is this machine"
        )
    if not is_loopback(parts.hostname):
        raise UsageError(
            f"{masked(url)} is not encrypted, and {parts.hostname} is not a loopback address: use https://"
        )
    return url


class HttpsTransport:
    """Posts SOAP over HTTPS with `requests`, a connection for each exchange: none stays open when nothing is sent."""

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        http_proxy: str | None = None,
        allow_plain_http: bool = False,
        accept_gzip: bool = False,
        deadline_seconds: float = DEADLINE_SECONDS,
        may_send: Callable[[], bool] = lambda: True,
        traffic: Callable[[], AbstractContextManager[None]] = nullcontext,
        resolve: Callable[..., Any] = socket.getaddrinfo,
    ) -> None:
        """Prepare a connection; nothing is sent yet.

        Args:
            url: the address of the Communication Server.
            ca_file: certificates of the authorities to trust instead of the system's.
            http_proxy: the URL of the proxy server to go through, `none` for none, or None for the system's setting;
                a loopback address is reached without one, whatever this says.
            allow_plain_http: accept `http://` for a loopback address.
            accept_gzip: offer gzip content coding for answers.
            deadline_seconds: how long one exchange may take, from the name of the server to the last byte.
            may_send: asked before a connection is opened, and five times a second while it is.
            traffic: holds, while entered, the lock that says that something is under way.
            resolve: looks names up, as `socket.getaddrinfo` does.

        Raises:
            UsageError: the URL may not be used, or the file holds no certificates.
        """
        self.url = check_url(url, allow_plain_http=allow_plain_http)
        if urlsplit(self.url).scheme == "http":
            resolve = only_loopback(resolve)
        self._line = Line(deadline_seconds=deadline_seconds, may_send=may_send, traffic=traffic, resolve=resolve)
        self._session = requests.Session()
        self._proxies = _proxies(self.url, http_proxy)
        # An environment variable must not replace the authorities we were told to trust.
        self._session.trust_env = False
        adapter = verifying_adapter(self._line, ca_file)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update(
            {
                "User-Agent": f"esolutions-client/{__version__}",
                "Accept": "text/xml",
                "Accept-Encoding": "gzip" if accept_gzip else "identity",
            }
        )

    def post(self, body: bytes, *, operation: str) -> HttpResponse:
        """Send one envelope; see `Transport.post`."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'}
        try:
            with self._line.exchange():
                return self._post(body, headers)
        except ClientError:
            raise
        except Exception as error:
            # requests lets errors of urllib3, ssl, socket and http.client through as they are.
            raise UnreachableError(masked(self._failure(error))) from error

    def _failure(self, error: Exception) -> str:
        """Say what did not answer: the server, or the proxy server before it."""
        cause = _cause(error)
        proxy = self._proxies.get(urlsplit(self.url).scheme)
        if proxy is None:
            return f"no answer from {self.url}: {cause}"
        # urllib3 tells a proxy server that cannot be reached by a class, one that refuses the tunnel by words alone.
        if isinstance(error, requests.exceptions.ProxyError) or "Tunnel connection failed" in cause:
            return f"the proxy server {proxy} does not let this client through to {self.url}: {cause}"
        return f"no answer from {self.url} through the proxy server {proxy}: {cause}"

    def _post(self, body: bytes, headers: dict[str, str]) -> HttpResponse:
        try:
            with self._session.post(
                self.url,
                data=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                proxies=self._proxies,
                allow_redirects=False,
                stream=True,
            ) as response:
                return HttpResponse(response.status_code, _read(response), response.headers.get("Date"))
        finally:
            # Closes the connection, too: none is open when communication is turned off.
            self._session.close()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def _read(response: requests.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > _MAX_RESPONSE_BYTES:
            raise ProtocolError(f"the answer is larger than {_MAX_RESPONSE_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _proxies(url: str, http_proxy: str | None) -> dict[str, str]:
    # Nothing that is for this machine leaves it.
    if is_loopback(urlsplit(url).hostname or ""):
        return {}
    if http_proxy is None:
        found = requests.utils.get_environ_proxies(url)
        return {scheme: found[scheme] for scheme in ("http", "https") if found.get(scheme)}
    if http_proxy.lower() == "none":
        return {}
    return {"http": http_proxy, "https": http_proxy}


def _cause(error: BaseException) -> str:
    """Return the innermost reason: `Connection refused` rather than five wrapped exceptions."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return str(error) or type(error).__name__
