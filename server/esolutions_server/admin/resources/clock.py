"""The clock of a namespace: read, freeze, set, advance, speed up, let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from esolutions_server.admin.guard import namespace
from esolutions_server.domain.testbed_time import FASTEST, LATEST

__all__ = ["blueprint"]

blueprint = Blueprint("clock", __name__, description="What the server takes for the time.")

# The longest span between two moments that the wire can carry.
_LONGEST = int((LATEST - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


class ClockSchema(Schema):
    """What a clock shows, and how it goes."""

    now = fields.AwareDateTime(required=True, metadata={"description": "what it shows, UTC"})
    mode = fields.String(required=True, validate=validate.OneOf(["real", "running", "frozen"]))
    speed = fields.Float(required=True, metadata={"description": "how many times as fast as real time; 0 stands"})


class ClockChangeSchema(Schema):
    """How a clock shall go from now on; what is left out stays as it is."""

    now = fields.AwareDateTime(
        default_timezone=UTC,
        metadata={"description": "what it shall show: what falls due before happens in order; nothing is undone"},
    )
    mode = fields.String(validate=validate.OneOf(["real", "running", "frozen"]))
    speed = fields.Float(validate=validate.Range(0, FASTEST, min_inclusive=False))

    @validates_schema
    def check(self, change: dict[str, Any], **_: Any) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValidationError: the real time is neither set nor sped up, and what stands has no speed.
        """
        if change.get("mode") == "real" and len(change) > 1:
            raise ValidationError("the real time has no `now` and no `speed`", "mode")
        if change.get("mode") == "frozen" and "speed" in change:
            raise ValidationError("a frozen clock has no `speed`", "speed")


class AdvanceSchema(Schema):
    """By how much a clock shall be advanced."""

    seconds = fields.Integer(required=True, strict=True, validate=validate.Range(0, _LONGEST))


@blueprint.route("")
class ClockResource(MethodView):
    """The clock."""

    @blueprint.response(200, ClockSchema)
    def get(self) -> dict[str, Any]:
        """Read the clock."""
        return _document()

    @blueprint.arguments(ClockChangeSchema)
    @blueprint.response(200, ClockSchema)
    @blueprint.alt_response(422, description="no clock goes so, or another program sets this one")
    def patch(self, change: dict[str, Any]) -> dict[str, Any]:
        """Set the clock, freeze it, let it run, or let it go back to the real time."""
        at = namespace()
        mode = change.get("mode")
        if mode == "real":
            at.let_go()
        if "now" in change:
            at.move_to(change["now"])
        if mode == "frozen":
            at.run(0)
        elif "speed" in change or mode == "running":
            at.run(change.get("speed", at.clock.state.speed or 1.0))
        return _document()


@blueprint.route("/advance")
class AdvanceResource(MethodView):
    """A span that passes at once."""

    @blueprint.arguments(AdvanceSchema)
    @blueprint.response(200, ClockSchema)
    @blueprint.alt_response(
        422, description="the wire cannot carry so late a moment, or another program sets the clock"
    )
    def post(self, advance: dict[str, int]) -> dict[str, Any]:
        """Advance the clock: whatever falls due on the way happens in order, each at its own time."""
        namespace().advance(timedelta(seconds=advance["seconds"]))
        return _document()


def _document() -> dict[str, Any]:
    state = namespace().clock.state
    mode = "real" if state.is_real else "running" if state.speed else "frozen"
    return {"now": namespace().clock(), "mode": mode, "speed": state.speed}
