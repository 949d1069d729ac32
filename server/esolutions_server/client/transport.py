"""Ask the admin API over HTTP: JSON there, JSON back, and its refusals as errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import requests

from esolutions_server.client.errors import TestbedRefusedError, TestbedUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["AdminTransport", "quoted"]

# A year that passes at once takes seconds.
SECONDS_TO_ANSWER = 120.0
# A stream says every quarter of a minute that it is there.
SECONDS_BETWEEN_SIGNS = 60.0


class AdminTransport:
    """One admin API, of one namespace."""

    def __init__(self, url: str, token: str, namespace: str = "") -> None:
        """Take the address of an API; nothing is asked yet.

        Args:
            url: what `serve` prints as `admin_url`.
            token: what it prints as `admin_token`.
            namespace: which one to ask about; the empty name is the default.
        """
        self._root = url.rstrip("/")
        self._namespace = namespace
        self._session = requests.Session()
        # A loopback address is reached by no proxy server, whatever the environment says.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def in_namespace(self, name: str) -> AdminTransport:
        """Return the same API of another namespace."""
        token = str(self._session.headers["Authorization"]).partition(" ")[2]
        return AdminTransport(self._root, token, name)

    def ask(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        query: Mapping[str, str | int | None] | None = None,
    ) -> Any:
        """Send one request; return what the answer's JSON says, None where it has none.

        Raises:
            TestbedUnreachableError: no testbed answers.
            TestbedRefusedError: it said no.
        """
        try:
            response = self._session.request(
                method, self.url_of(path), json=document, params=query, timeout=SECONDS_TO_ANSWER
            )
        except requests.RequestException as error:
            raise TestbedUnreachableError(f"no testbed answers at {self._root}: {_cause(error)}") from error
        if not response.ok:
            raise TestbedRefusedError(response.status_code, _message(response))
        return response.json() if response.content else None

    @contextmanager
    def lines(self, path: str, *, query: Mapping[str, str | int | None] | None = None) -> Iterator[Iterator[str]]:
        """Give the lines of an answer as they come; leaving closes the stream.

        Raises:
            TestbedUnreachableError: no testbed answers, or the stream broke off.
            TestbedRefusedError: it said no.
        """
        try:
            with self._session.get(
                self.url_of(path), params=query, stream=True, timeout=(SECONDS_TO_ANSWER, SECONDS_BETWEEN_SIGNS)
            ) as response:
                if not response.ok:
                    raise TestbedRefusedError(response.status_code, _message(response))
                yield (line.decode("utf-8") for line in response.iter_lines())
        except requests.RequestException as error:
            raise TestbedUnreachableError(f"the testbed at {self._root} is gone: {_cause(error)}") from error

    def url_of(self, path: str) -> str:
        """Return the URL of a path of the API, such as `clock`."""
        base, api = self._root.removesuffix("/admin/api"), "/admin/api"
        prefix = f"/ns/{quoted(self._namespace)}" if self._namespace else ""
        return f"{base}{prefix}{api}/{path}"

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


def quoted(part: str) -> str:
    """Return a name as a part of a path.

    Raises:
        TestbedRefusedError: nothing has such a name: as a part of a path it would lead to another place.
    """
    # RFC 3986, 5.2.4: the sender of a request takes dot segments away, with what is before them.
    if part in {"", ".", ".."} or "/" in part:
        raise TestbedRefusedError(422, f"{part!r} cannot stand in an address: nothing is found by that name")
    return quote(part, safe="")


def _message(response: requests.Response) -> str:
    try:
        document = cast("dict[str, Any]", response.json())
    except ValueError:
        return f"status {response.status_code}"
    if "message" in document:
        return str(document["message"])
    return "; ".join(_flat(document.get("errors", {}))) or f"status {response.status_code}"


def _flat(errors: Any, path: str = "") -> list[str]:
    """Return marshmallow's tree of errors as lines: what is wrong with which key."""
    if isinstance(errors, dict):
        below = path not in {"", "json", "query"}
        return [line for key, inner in errors.items() for line in _flat(inner, f"{path}.{key}" if below else str(key))]
    return [f"{path}: {' '.join(map(str, errors))}" if isinstance(errors, list) else f"{path}: {errors}"]


def _cause(error: requests.RequestException) -> object:
    """Return what the system says, without the library's own names around it."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    return cause
