"""Faults on the way to a namespace: laid, listed, lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.occasions import (
    OccasionsSchema,
    TallySchema,
    occasions_document,
    occasions_of,
)
from esolutions_server.testbed.faults.documents import KINDS, document_of, fault_of

if TYPE_CHECKING:
    from esolutions_server.testbed.faults.laid import LaidFault

__all__ = ["blueprint"]

blueprint = Blueprint("faults", __name__, description="What goes wrong with messages on their way to the server.")

_PARAMETERS: dict[str, fields.Field[Any]] = {
    "again": fields.Integer(strict=True, metadata={"description": "repeat: so many times more"}),
    "at": fields.Integer(strict=True, metadata={"description": "cut-request, cut-answer: after so many bytes"}),
    "code": fields.String(metadata={"description": "soap-fault: without its prefix, such as Server"}),
    "new": fields.String(metadata={"description": "alter-request, alter-answer: what stands there instead"}),
    "old": fields.String(metadata={"description": "alter-request, alter-answer: the first of these is replaced"}),
    "reason": fields.String(metadata={"description": "soap-fault"}),
    "seconds": fields.Float(metadata={"description": "slow, drip, time-out: real ones"}),
    "status": fields.Integer(strict=True, metadata={"description": "http-error, garbage: of HTTP"}),
}
_KIND: fields.Field[Any] = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
NewFaultSchema = OccasionsSchema.from_dict({"kind": _KIND, **_PARAMETERS}, name="NewFault")
LaidFaultSchema = TallySchema.from_dict({"kind": _KIND, **_PARAMETERS}, name="LaidFault")


@blueprint.route("")
class FaultsResource(MethodView):
    """All faults of the namespace, in the order in which an exchange meets them."""

    @blueprint.response(200, LaidFaultSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List the faults that have not ended."""
        return [_document(laid) for laid in namespace().interference.faults.every()]

    @blueprint.arguments(NewFaultSchema)
    @blueprint.response(201, LaidFaultSchema)
    @blueprint.alt_response(422, description="these are not the parameters of that kind, or too many are laid")
    def post(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Lay a fault: the messages that it meets go wrong until it ends or is lifted."""
        occasions = occasions_of(wanted)
        return _document(namespace().interference.faults.lay(fault_of(wanted.pop("kind"), wanted), occasions))

    @blueprint.response(204)
    def delete(self) -> None:
        """Lift all faults."""
        namespace().interference.faults.clear()


@blueprint.route("/<int:number>")
class FaultResource(MethodView):
    """One fault."""

    @blueprint.response(200, LaidFaultSchema)
    @blueprint.alt_response(404, description="none is laid under that number, or it has ended")
    def get(self, number: int) -> dict[str, Any]:
        """Say what it is, and how often it was met."""
        return _document(namespace().interference.faults.find(number))

    @blueprint.response(204)
    @blueprint.alt_response(404, description="none is laid under that number, or it has ended")
    def delete(self, number: int) -> None:
        """Lift a fault."""
        namespace().interference.faults.lift(number)


def _document(laid: LaidFault) -> dict[str, Any]:
    return occasions_document(laid.number, laid.occasions, laid.tally) | document_of(laid.fault)
