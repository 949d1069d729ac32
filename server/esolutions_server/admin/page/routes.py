"""The addresses of the live page: what is read, and the forms that change something."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from esolutions_server.admin.guard import PAGE_NAME
from esolutions_server.admin.page import reading
from esolutions_server.admin.page.changes import CHANGES
from esolutions_server.admin.page.views import FILTERS
from esolutions_server.admin.problems import status_of
from esolutions_server.admin.session import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

__all__ = ["page_blueprint"]

log = logging.getLogger(__name__)

# Everything is this page's own; nothing is inline, and no other page puts it into a frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page_blueprint(on_error: Callable[[Exception], None]) -> Blueprint:
    """Return the page.

    Args:
        on_error: called with what was not foreseen.
    """
    blueprint = Blueprint(
        PAGE_NAME,
        __name__,
        url_prefix=PAGE,
        static_folder="static",
        template_folder="templates",
        static_url_path="/static",
    )
    for name, show in FILTERS.items():
        blueprint.add_app_template_filter(show, name)
    for rule, read in reading.READINGS.items():
        blueprint.add_url_rule(rule, read.__name__, read, methods=["GET"])
    for rule, change in CHANGES.items():
        blueprint.add_url_rule(rule, change.__name__, _then_back(change), methods=["POST"])

    @blueprint.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        # Not `no-referrer`: browsers would leave the Origin out of forms, too.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @blueprint.errorhandler(Exception)
    def told(error: Exception) -> ResponseReturnValue:
        return _told(error, on_error)

    return blueprint


def _then_back(change: Callable[[], None]) -> Callable[[], AnyResponse]:
    def changed() -> AnyResponse:
        change()
        return redirect(_back(request.form.get("back", "")), HTTPStatus.SEE_OTHER)

    return changed


def _back(wanted: str) -> str:
    """Return the page of ours that a form came from, or the first one: an address of a form is text of a stranger."""
    inside = wanted.removeprefix(PAGE).strip("/")
    is_plain = all(part.replace("-", "").isalnum() and part.isascii() for part in inside.split("/"))
    return f"{g.root}/{inside}" if wanted.startswith(f"{PAGE}/") and is_plain else g.root


def _told(error: Exception, on_error: Callable[[Exception], None]) -> ResponseReturnValue:
    status: int | None
    if isinstance(error, HTTPException):
        status, text = error.code, getattr(error, "data", {}).get("message") or error.description or error.name
    else:
        status, text = status_of(error), str(error)
    if status is None:
        log.error("the page could not answer", exc_info=error)
        on_error(error)
        status, text = HTTPStatus.INTERNAL_SERVER_ERROR, "internal error"
    return render_template("problem.html", root=g.root, title=HTTPStatus(status).phrase, text=text), status
