"""Bring a SOAP request to its namespace: `/ns/NAME/CommunicationServer`, or without a prefix to the default one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.testbed.faults.breakpoints import MOST_HELD
from esolutions_server.testbed.gate import GateShutError
from esolutions_server.testbed.instrument import PREFIX, NoSuchNamespaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import WSGIEnvironment

    from esolutions_server.testbed.instrument import Instrument

    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["THREADS", "NamespacedApplication", "split_namespace"]

# How many requests are answered at once: those that breakpoints hold, and those of everybody else.
THREADS = MOST_HELD + 8


class NamespacedApplication:
    """The servers of a testbed as one WSGI application."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument

    @property
    def public_url(self) -> str:
        """What the WSDL of the default namespace gives as the address of the service."""
        return self._instrument.default.server.wsgi.public_url

    @public_url.setter
    def public_url(self, url: str) -> None:
        self._instrument.publish(url)

    @property
    def errors(self) -> Sequence[BaseException]:
        """The newest unforeseen errors of all namespaces."""
        return [error for namespace in self._instrument.namespaces() for error in namespace.server.wsgi.errors]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request whose body is here whole (PEP 3333)."""
        name, path = split_namespace(environ.get("PATH_INFO", ""))
        try:
            return self._instrument.namespace(name).respond(
                {**environ, "SCRIPT_NAME": f"{PREFIX}{name}" if name else "", "PATH_INFO": path}, start_response
            )
        except (NoSuchNamespaceError, GateShutError) as error:
            body = f"{error}\n".encode("ascii", "backslashreplace")
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
            start_response("404 Not Found", headers)
            return [body]


def split_namespace(path: str) -> tuple[str, str]:
    """Return the namespace that a path begins with, the default one's empty name else, and the rest of the path."""
    if not path.startswith(PREFIX):
        return "", path
    name, slash, rest = path.removeprefix(PREFIX).partition("/")
    return name, slash + rest
