"""Let in who bears the token and came by an address of this listener; everyone else gets a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import current_app, g, request
from flask_smorest import abort

from esolutions_server.http.hosts import is_allowed_host
from esolutions_server.testbed.routes import split_namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIEnvironment

    from flask import Flask, Response

    from esolutions_server.admin.access import Access
    from esolutions_server.testbed.instrument import Instrument
    from esolutions_server.testbed.namespace import Namespace

    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["DESCRIBED", "instrument", "namespace", "stand_before"]

_EXTENSION = "esolutions"
# How the OpenAPI document says that a token is wanted.
DESCRIBED = {
    "info": {
        "description": (
            "Everything a testbed shows and lets be changed. Each namespace has all of it under /ns/NAME/admin/api."
        )
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "security": [{"token": []}],
}
# What anyone may read who came by a name of ours: it says nothing of this server's data.
_OPEN_ENDPOINTS = frozenset({"api-docs.openapi_json"})


def stand_before(application: Flask, instrument: Instrument, access: Access, hosts: frozenset[str]) -> None:
    """Check every request before anything sees it."""
    application.extensions[_EXTENSION] = instrument
    # Flask's own type of this attribute is its own method's.
    application.wsgi_app = _Namespaced(application.wsgi_app)  # type: ignore[method-assign]

    @application.before_request
    def check() -> None:
        if not is_allowed_host(request.headers.get("Host", ""), hosts):
            abort(403, message="this listener has another name: use the address that `serve` has printed")
        if request.endpoint in _OPEN_ENDPOINTS:
            return
        if not access.is_granted(request.headers.get("Authorization", "")):
            abort(401, message="send `Authorization: Bearer TOKEN`, with the token that `serve` has printed")
        g.namespace = instrument.namespace(request.environ.get("esolutions.namespace", ""))

    @application.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response


def namespace() -> Namespace:
    """Return the namespace that the request in hand is about."""
    return cast("Namespace", g.namespace)


def instrument() -> Instrument:
    """Return the testbed."""
    return cast("Instrument", current_app.extensions[_EXTENSION])


class _Namespaced:
    """Takes `/ns/NAME` off a path before Flask sees it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name, path = split_namespace(environ.get("PATH_INFO", ""))
        taken = {**environ, "PATH_INFO": path, "esolutions.namespace": name}
        return cast("Iterable[bytes]", self._inner(taken, start_response))
