"""Let in who bears the token, or has a session of the page, and came by an address of this listener.

Everyone else gets a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import current_app, g, redirect, request
from flask_smorest import abort

from esolutions_server.admin.session import PAGE, Sessions, cookie_name, is_form_token, is_same_origin
from esolutions_server.http.hosts import is_allowed_host
from esolutions_server.testbed.instrument import PREFIX
from esolutions_server.testbed.routes import split_namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIEnvironment

    from flask import Flask, Response
    from werkzeug.wrappers import Response as AnyResponse

    from esolutions_server.admin.access import Access
    from esolutions_server.admin.session import Session
    from esolutions_server.testbed.instrument import Instrument
    from esolutions_server.testbed.namespace import Namespace

    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["DESCRIBED", "PAGE_NAME", "instrument", "namespace", "session", "stand_before"]

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
# The blueprint of the live page, whose visitors have a session instead of a token.
PAGE_NAME = "page"
# Of JSON: readers of it go no deeper than Python's stack, the shapes of this API no deeper than a few.
MOST_LEVELS = 32
# What every caller may read that came by a name of ours: it says nothing of this server's data.
_OPEN_ENDPOINTS = frozenset({"api-docs.openapi_json", f"{PAGE_NAME}.static"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def stand_before(application: Flask, instrument: Instrument, access: Access, hosts: frozenset[str]) -> None:
    """Check every request before anything sees it."""
    application.extensions[_EXTENSION] = instrument
    # Flask's own type of this attribute is its own method's.
    application.wsgi_app = _Namespaced(application.wsgi_app)  # type: ignore[method-assign]
    sessions = Sessions(access.token)

    @application.before_request
    def check() -> AnyResponse | None:
        g.root = f"{_prefix()}{PAGE}"
        if not is_allowed_host(request.headers.get("Host", ""), hosts):
            abort(403, message="this listener has another name: use the address that `serve` has printed")
        if request.endpoint in _OPEN_ENDPOINTS:
            return None
        if request.blueprint == PAGE_NAME:
            if request.method == "GET" and access.is_token(request.args.get("token", "")):
                return _opened(sessions.open())
            _check_visitor(sessions)
        elif not access.is_granted(request.headers.get("Authorization", "")):
            abort(401, message="send `Authorization: Bearer TOKEN`, with the token that `serve` has printed")
        if request.is_json and _is_nested_too_deeply():
            abort(
                400, message=f"this JSON is nested more than {MOST_LEVELS} levels deep, and nothing here wants so many"
            )
        g.namespace = instrument.namespace(request.environ.get("esolutions.namespace", ""))
        return None

    @application.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response


def _is_nested_too_deeply() -> bool:
    try:
        layer = [request.get_json(silent=True)]
    except RecursionError:
        return True
    for _ in range(MOST_LEVELS + 1):
        inner = (each.values() if isinstance(each, dict) else each for each in layer if isinstance(each, dict | list))
        layer = [value for values in inner for value in values]
        if not layer:
            return False
    return True


def namespace() -> Namespace:
    """Return the namespace that the request in hand is about."""
    return cast("Namespace", g.namespace)


def instrument() -> Instrument:
    """Return the testbed."""
    return cast("Instrument", current_app.extensions[_EXTENSION])


def session() -> Session:
    """Return the session of the page's visitor."""
    return cast("Session", g.session)


def _opened(opened: Session) -> AnyResponse:
    """Lead on to the page without the token: it would stay in the history, and be passed on with the address."""
    response = redirect(g.root, 303)
    # Namespaces have pages of their own.
    for path in (PAGE, PREFIX.rstrip("/")):
        response.set_cookie(cookie_name(request.host), opened.cookie, path=path, httponly=True, samesite="Strict")
    return response


def _check_visitor(sessions: Sessions) -> None:
    found = sessions.find(request.cookies.get(cookie_name(request.host), ""))
    if found is None:
        abort(401, message="open the address of the page that `serve --testbed` has printed: it has a token in it")
    elif request.method not in _READING:
        _check_change(found)
    g.session = found


def _check_change(visitor: Session) -> None:
    if not is_same_origin(request.headers.get("Origin", ""), request.scheme, request.host):
        abort(403, message="this change was not asked for by the page itself")
    if not is_form_token(visitor, request.form.get("csrf", "")):
        abort(403, message="this form is not of this session: open the page again")


def _prefix() -> str:
    name = request.environ.get("esolutions.namespace", "")
    return f"{PREFIX}{name}" if name else ""


class _Namespaced:
    """Takes `/ns/NAME` off a path before Flask sees it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name, path = split_namespace(environ.get("PATH_INFO", ""))
        taken = {**environ, "PATH_INFO": path, "esolutions.namespace": name}
        return cast("Iterable[bytes]", self._inner(taken, start_response))
