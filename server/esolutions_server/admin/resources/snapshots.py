"""Snapshots of a namespace: taken, listed, restored, removed; and namespaces that begin from one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from esolutions_server.admin.guard import instrument, namespace
from esolutions_server.admin.resources.namespaces import NamespaceSchema

__all__ = ["forks", "reset", "snapshots"]

snapshots = Blueprint("snapshots", __name__, description="Everything in a namespace as it was, by name.")
forks = Blueprint("forks", __name__, description="Namespaces that begin where another one is, or was.")
reset = Blueprint("reset", __name__, description="Everything anew.")


class SnapshotSchema(Schema):
    """A snapshot."""

    name = fields.String(required=True)
    size_bytes = fields.Integer(required=True)


class ForkSchema(Schema):
    """What a new namespace is called, and from what it begins."""

    name = fields.String(required=True, metadata={"description": "the new namespace's"})
    snapshot = fields.String(
        metadata={"description": "one of this namespace; without it the new one begins where this one is now"}
    )


@snapshots.route("")
class SnapshotsResource(MethodView):
    """All snapshots of the namespace."""

    @snapshots.response(200, SnapshotSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List the snapshots."""
        return [asdict(snapshot) for snapshot in namespace().snapshots.every()]


@snapshots.route("/<string:name>")
class SnapshotResource(MethodView):
    """One snapshot."""

    @snapshots.response(200, SnapshotSchema)
    @snapshots.alt_response(404, description="there is none of that name")
    def get(self, name: str) -> dict[str, Any]:
        """Say how large it is."""
        return asdict(namespace().snapshots.find(name))

    @snapshots.response(200, SnapshotSchema)
    @snapshots.alt_response(404, description="that can be no part of a path")
    @snapshots.alt_response(422, description="that can be no name, or there are too many, or the disk is full")
    def put(self, name: str) -> dict[str, Any]:
        """Take a snapshot, in the place of one of that name; requests that come meanwhile wait."""
        namespace().take_snapshot(name)
        return asdict(namespace().snapshots.find(name))

    @snapshots.response(204)
    @snapshots.alt_response(404, description="there is none of that name")
    def delete(self, name: str) -> None:
        """Remove a snapshot."""
        namespace().snapshots.remove(name)


@snapshots.route("/<string:name>/restore")
class RestoreResource(MethodView):
    """The way back to a snapshot."""

    @snapshots.response(204)
    @snapshots.alt_response(404, description="there is none of that name")
    @snapshots.alt_response(422, description="its file cannot be read any more")
    def post(self, name: str) -> None:
        """Go back to a snapshot: requests under way end first, and the clock shows what it showed then."""
        at = namespace()
        at.restore(at.snapshots.file_of(name))


@forks.route("")
class ForksResource(MethodView):
    """New namespaces out of this one."""

    @forks.arguments(ForkSchema)
    @forks.response(201, NamespaceSchema)
    @forks.alt_response(404, description="there is no snapshot of that name")
    @forks.alt_response(422, description="there is a namespace of that name, that can be none, or there are too many")
    def post(self, fork: dict[str, str]) -> dict[str, Any]:
        """Make a namespace that begins where this one is, or was when a snapshot was taken."""
        made = instrument().fork(fork["name"], namespace(), fork.get("snapshot"))
        return {"name": made.name, "url": instrument().url_of(made.name)}


@reset.route("")
class ResetResource(MethodView):
    """The one way to begin anew."""

    @reset.response(204)
    def post(self) -> None:
        """Empty the database, take away faults and breakpoints, show the real time, and let GUIDs begin from the seed.

        Snapshots stay, and so do other namespaces.
        """
        namespace().reset()
