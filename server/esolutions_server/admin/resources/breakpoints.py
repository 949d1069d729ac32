"""Breakpoints of a namespace, and the exchanges that they hold: looked at, altered, let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.occasions import (
    OccasionsSchema,
    TallySchema,
    occasions_document,
    occasions_of,
)
from esolutions_server.service.errors import AdministrationError
from esolutions_server.testbed.faults.breakpoints import Stage
from esolutions_server.testbed.faults.showing import shown_document

if TYPE_CHECKING:
    from esolutions_server.testbed.faults.breakpoints import Breakpoint, HeldExchange

__all__ = ["breakpoints", "held"]

breakpoints = Blueprint("breakpoints", __name__, description="Where messages are held on their way.")
held = Blueprint("held", __name__, description="The exchanges that are held at breakpoints.")

# Real seconds: what a client waits for an answer is seldom more than a minute.
SECONDS_HELD, LONGEST_HELD = 60.0, 600.0
_STAGE = fields.Enum(Stage, required=True, by_value=True)
_SECONDS = fields.Float(
    validate=validate.Range(0, LONGEST_HELD, min_inclusive=False),
    metadata={
        "description": f"what is held goes on by itself after so many real seconds; {SECONDS_HELD:g} if left out"
    },
)
NewBreakpointSchema = OccasionsSchema.from_dict({"stage": _STAGE, "seconds": _SECONDS}, name="NewBreakpoint")
BreakpointSchema = TallySchema.from_dict({"stage": _STAGE, "seconds": fields.Float(required=True)}, name="Breakpoint")


class HeldSchema(Schema):
    """An exchange that is held, with the document of its request or of its answer as it stands now."""

    number = fields.Integer(required=True)
    breakpoint = fields.Integer(required=True)
    stage = _STAGE
    operation = fields.String(required=True, allow_none=True)
    proxy_id = fields.String(required=True, allow_none=True)
    held_at = fields.AwareDateTime(required=True, metadata={"description": "by the testbed's clock"})
    size_bytes = fields.Integer(required=True)
    document = fields.String(required=True, metadata={"description": "secrets in it are masked"})


class AlterationSchema(Schema):
    """What goes on in the place of what is held."""

    old = fields.String(validate=validate.Length(1, 10_000), metadata={"description": "the first of these is replaced"})
    new = fields.String(validate=validate.Length(0, 10_000), metadata={"description": "by this"})
    document = fields.String(metadata={"description": "the whole of it, without a mask in it"})

    @validates_schema
    def check(self, wanted: dict[str, Any], **_: Any) -> None:
        """Refuse what says neither or both.

        Raises:
            ValidationError: it does, or it has half of a character in it.
        """
        if set(wanted) not in ({"old", "new"}, {"document"}):
            raise ValidationError("give `old` and `new`, or `document`")
        for name, text in wanted.items():
            if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
                raise ValidationError("there is half of a character (a surrogate) in it", name)


@breakpoints.route("")
class BreakpointsResource(MethodView):
    """All breakpoints of the namespace."""

    @breakpoints.response(200, BreakpointSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List the breakpoints that have not ended."""
        return [_breakpoint(each) for each in namespace().interference.breakpoints.every()]

    @breakpoints.arguments(NewBreakpointSchema)
    @breakpoints.response(201, BreakpointSchema)
    @breakpoints.alt_response(422, description="too many are set")
    def post(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Set a breakpoint: the messages that it meets are held, at most 32 at a time, the others go on."""
        seconds = wanted.get("seconds", SECONDS_HELD)
        return _breakpoint(namespace().interference.breakpoints.add(wanted["stage"], seconds, occasions_of(wanted)))

    @breakpoints.response(204)
    def delete(self) -> None:
        """Remove all breakpoints, and let go what they hold."""
        namespace().interference.breakpoints.clear()


@breakpoints.route("/<int:number>")
class BreakpointResource(MethodView):
    """One breakpoint."""

    @breakpoints.response(200, BreakpointSchema)
    @breakpoints.alt_response(404, description="there is none of that number, or it has ended")
    def get(self, number: int) -> dict[str, Any]:
        """Say what it holds, and how often it did."""
        return _breakpoint(namespace().interference.breakpoints.find(number))

    @breakpoints.response(204)
    @breakpoints.alt_response(404, description="there is none of that number, or it has ended")
    def delete(self, number: int) -> None:
        """Remove a breakpoint, and let go what it holds."""
        namespace().interference.breakpoints.remove(number)


@held.route("")
class HeldExchangesResource(MethodView):
    """All exchanges that are held."""

    @held.response(200, HeldSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List what is held, the exchange that has waited longest first."""
        return [_held(each) for each in namespace().interference.breakpoints.held()]


@held.route("/<int:number>")
class HeldExchangeResource(MethodView):
    """One exchange that is held."""

    @held.response(200, HeldSchema)
    @held.alt_response(404, description="none is held under that number: it may have gone on by itself")
    def get(self, number: int) -> dict[str, Any]:
        """Look at it."""
        return _held(namespace().interference.breakpoints.look_at(number))

    @held.arguments(AlterationSchema)
    @held.response(200, HeldSchema)
    @held.alt_response(404, description="none is held under that number: it may have gone on by itself")
    @held.alt_response(422, description="`old` is not in it")
    def patch(self, wanted: dict[str, str], number: int) -> dict[str, Any]:
        """Alter it; it is held until it is let go."""
        at = namespace().interference.breakpoints
        document = wanted.get("document", "").encode()
        if "old" in wanted:
            before, old = at.look_at(number).document, wanted["old"].encode()
            if old not in before:
                raise AdministrationError("`old` is not in the document that is held")
            document = before.replace(old, wanted["new"].encode(), 1)
        return _held(at.alter(number, document))

    @held.response(204)
    @held.alt_response(404, description="none is held under that number: it may have gone on by itself")
    def delete(self, number: int) -> None:
        """Let it go on as it stands now."""
        namespace().interference.breakpoints.let_go(number)


def _breakpoint(each: Breakpoint) -> dict[str, Any]:
    counted = occasions_document(each.number, each.occasions, each.tally)
    return counted | {"stage": each.stage, "seconds": each.seconds}


def _held(each: HeldExchange) -> dict[str, Any]:
    return {
        "number": each.number,
        "breakpoint": each.breakpoint,
        "stage": each.stage,
        "operation": each.operation,
        "proxy_id": each.proxy_id,
        "held_at": each.held_at,
        "size_bytes": len(each.document),
        "document": shown_document(each.document),
    }
