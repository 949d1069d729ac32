"""Put the admin listener together: a Flask application, the API in `resources` and the live page, behind one guard."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from esolutions_server.admin import guard
from esolutions_server.admin.access import API
from esolutions_server.admin.page.routes import page_blueprint
from esolutions_server.admin.problems import status_of
from esolutions_server.admin.resources import BLUEPRINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from esolutions_server.admin.access import Access
    from esolutions_server.testbed.instrument import Instrument

__all__ = ["open_application"]

log = logging.getLogger(__name__)

# Of a request: a snapshot or a fleet of commands is named, not sent.
LARGEST_REQUEST = 1024 * 1024


def open_application(
    instrument: Instrument, access: Access, hosts: frozenset[str], on_error: Callable[[Exception], None]
) -> Flask:
    """Return the API and the page of a testbed as a WSGI application.

    Args:
        instrument: the testbed.
        access: who may.
        hosts: names by which the listener is reached besides loopback's own.
        on_error: called with what was not foreseen.
    """
    application = Flask("esolutions_server.admin", static_folder=None, template_folder=None)
    application.config.update(
        API_TITLE="Communication Server: testbed",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX=API,
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        API_SPEC_OPTIONS=guard.DESCRIBED,
    )
    guard.stand_before(application, instrument, access, hosts)
    api = Api(application)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=f"{API}/{blueprint.name}")
    application.register_blueprint(page_blueprint(on_error))

    @application.errorhandler(Exception)
    def told(error: Exception) -> ResponseReturnValue:
        """Answer an error as the API's own do: a code, a status and a sentence."""
        if isinstance(error, HTTPException):
            return error
        status = status_of(error)
        if status is not None:
            return _problem(status, str(error))
        log.error("an admin request could not be answered", exc_info=error)
        on_error(error)
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error")

    return application


def _problem(status: int, message: str) -> tuple[Any, int]:
    return jsonify(code=status, status=HTTPStatus(status).phrase, message=message), status
