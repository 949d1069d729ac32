"""Namespaces: several servers in one process, each with a clock, accounts and a journal of its own."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from esolutions_server.admin.guard import instrument

__all__ = ["blueprint"]

blueprint = Blueprint("namespaces", __name__, description="Servers beside the default one, each by its URL prefix.")


class NamespaceSchema(Schema):
    """A namespace and where its SOAP service is."""

    name = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)


@blueprint.route("")
class NamespacesResource(MethodView):
    """All namespaces but the default one."""

    @blueprint.response(200, NamespaceSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List the namespaces."""
        return [_document(name) for name in instrument().names()]


@blueprint.route("/<string:name>")
class NamespaceResource(MethodView):
    """One namespace."""

    @blueprint.response(200, NamespaceSchema)
    @blueprint.alt_response(422, description="that can be no name, or there are too many")
    def put(self, name: str) -> dict[str, Any]:
        """Make a namespace, empty; one that is there stays as it is."""
        return _document(instrument().add(name).name)

    @blueprint.response(204)
    @blueprint.alt_response(404, description="there is none of that name")
    def delete(self, name: str) -> None:
        """Remove a namespace with all that is in it."""
        instrument().remove(name)


def _document(name: str) -> dict[str, Any]:
    return {"name": name, "url": instrument().url_of(name)}
