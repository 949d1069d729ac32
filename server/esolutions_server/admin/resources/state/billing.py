"""Commands to proxies, the meter values that answer them, and what a person decides about those that are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.state.shapes import (
    HIGHEST_NUMBER,
    BySerialSchema,
    ByTextSchema,
    page_document,
    page_of,
    schema_of,
)
from esolutions_server.service.people.presentation import views

if TYPE_CHECKING:
    from esolutions_server.service.people.administration import Administration

__all__ = ["BLUEPRINTS"]

commands = Blueprint(
    "commands", __name__, description="What clients are asked to do, activations and billing requests."
)
bills = Blueprint("bills", __name__, description="Meter values that are billed.")
values = Blueprint("values", __name__, description="Meter values that are not billed, held or for good.")
held = Blueprint("held-values", __name__, description="Meter values that wait for a person.")


class AcceptedSchema(Schema):
    """The meters that are billed now, and those that could not be."""

    billed = fields.List(fields.String(), required=True)
    not_billed = fields.List(fields.String(), required=True)


class RejectedSchema(Schema):
    """The command that asks for another reading; null where none does."""

    asked_again = fields.String(required=True, allow_none=True)


@commands.route("")
class CommandsResource(MethodView):
    """All commands."""

    @commands.arguments(ByTextSchema, location="query", unknown=RAISE)
    @commands.response(200, page_of(views.CommandView))
    @commands.alt_response(422, description="a page cannot begin there")
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List commands, the oldest period first; their key is their id."""
        return page_document(_administration().pages.commands(**wanted))


@commands.route("/<string:command_id>")
class CommandResource(MethodView):
    """One command."""

    @commands.response(200, schema_of(views.CommandView))
    @commands.alt_response(404, description="there is none of that id")
    @commands.alt_response(422, description="that is no GUID")
    def get(self, command_id: str) -> views.CommandView:
        """Look a command up."""
        return _administration().one.command(command_id)


@commands.route("/<string:command_id>/accept")
class AcceptResource(MethodView):
    """A held reading that is billed."""

    @commands.response(200, AcceptedSchema)
    @commands.alt_response(404, description="that can be no part of a path")
    @commands.alt_response(422, description="nothing is held under that id")
    def post(self, command_id: str) -> views.HeldDecision:
        """Bill the held reading that answers a request, but for meters that could not be read."""
        return _administration().accept_held(command_id)


@commands.route("/<string:command_id>/reject")
class RejectResource(MethodView):
    """A held reading that is not billed."""

    @commands.response(200, RejectedSchema)
    @commands.alt_response(404, description="that can be no part of a path")
    @commands.alt_response(422, description="nothing is held under that id")
    def post(self, command_id: str) -> dict[str, str | None]:
        """Bill nothing of the held reading that answers a request, and ask for another one."""
        return {"asked_again": _administration().reject_held(command_id)}


@bills.route("")
class BillsResource(MethodView):
    """All bills."""

    @bills.arguments(BySerialSchema, location="query", unknown=RAISE)
    @bills.response(200, page_of(views.BillView, fields.Integer))
    @bills.alt_response(422, description="that can be no serial number, or no page")
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List what is billed, oldest first."""
        return page_document(_administration().pages.bills(**wanted))


@values.route("")
class ValuesResource(MethodView):
    """All that is not billed."""

    @values.arguments(BySerialSchema, location="query", unknown=RAISE)
    @values.response(200, page_of(views.ValueView, fields.Integer))
    @values.alt_response(422, description="that can be no serial number, or no page")
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List what is not billed, held or for good, each with the reason, oldest first."""
        return page_document(_administration().pages.not_billed(**wanted))


@values.route(f"/<int(max={HIGHEST_NUMBER}):number>")
class ValueResource(MethodView):
    """One meter value, billed or not."""

    @values.response(200, schema_of(views.ValueView))
    @values.alt_response(404, description="there is none of that number")
    def get(self, number: int) -> views.ValueView:
        """Look a meter value up, whatever became of it."""
        return _administration().one.value(number)


@held.route("")
class HeldValuesResource(MethodView):
    """All that waits for a person."""

    @held.arguments(BySerialSchema, location="query", unknown=RAISE)
    @held.response(200, page_of(views.ValueView, fields.Integer))
    @held.alt_response(422, description="that can be no serial number, or no page")
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List what is held, oldest first."""
        return page_document(_administration().pages.held(**wanted))


def _administration() -> Administration:
    return namespace().server.administration


BLUEPRINTS = (commands, bills, values, held)
