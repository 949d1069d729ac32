"""Accounts, people and equipment, as the administrative systems have them, and the mail that people get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.state.shapes import (
    HIGHEST_NUMBER,
    ByNumberSchema,
    ByTextSchema,
    page_document,
    page_of,
    schema_of,
)
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_server.service.people.presentation import views

if TYPE_CHECKING:
    from esolutions_server.service.people.administration import Administration

__all__ = ["BLUEPRINTS"]

_MOST_ROWS = 10_000
_TEXT = validate.Length(1, 300)
accounts = Blueprint("accounts", __name__, description="Customers.")
people = Blueprint("people", __name__, description="Who reports meter reads for an account.")
equipment = Blueprint(
    "equipment", __name__, description="What the administrative systems know: installations, contracts."
)
mail = Blueprint("mail", __name__, description="What the server wrote to people.")


class NewAccountSchema(Schema):
    """An account to add; its key user is a person of it."""

    name = fields.String(required=True, validate=_TEXT)
    key_user = fields.String(required=True, validate=_TEXT, metadata={"description": "an e-mail address"})


class NewPersonSchema(Schema):
    """A person to add."""

    account = fields.String(required=True, validate=_TEXT)
    email = fields.String(required=True, validate=_TEXT)


class ContractSchema(Schema):
    """What the administrative systems shall know of a device."""

    installed_on = fields.Date(required=True)
    account = fields.String(required=True, validate=_TEXT)
    person = fields.String(required=True, validate=_TEXT, metadata={"description": "added to the account if need be"})
    frequency = fields.String(required=True, metadata={"description": "monthly, quarterly or semi-annual"})
    anchor_day = fields.Integer(strict=True, load_default=1)
    time_zone = fields.String(load_default="UTC", validate=_TEXT)


class EquipmentRowSchema(ContractSchema):
    """The same, with the device."""

    serial = fields.String(required=True, validate=_TEXT)


class ImportedSchema(Schema):
    """How many devices were taken over."""

    imported = fields.Integer(required=True)


@accounts.route("")
class AccountsResource(MethodView):
    """All accounts."""

    @accounts.arguments(ByTextSchema, location="query", unknown=RAISE)
    @accounts.response(200, page_of(views.AccountView))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List accounts by name."""
        return page_document(_administration().pages.accounts(**wanted))

    @accounts.arguments(NewAccountSchema)
    @accounts.response(201, schema_of(views.AccountView))
    @accounts.alt_response(422, description="there is one of that name, or one of these cannot be")
    def post(self, wanted: dict[str, str]) -> views.AccountView:
        """Add an account."""
        _administration().add_account(wanted["name"], wanted["key_user"])
        return _administration().one.account(wanted["name"])


@accounts.route("/<path:name>")
class AccountResource(MethodView):
    """One account."""

    @accounts.response(200, schema_of(views.AccountView))
    @accounts.alt_response(404, description="there is none of that name")
    def get(self, name: str) -> views.AccountView:
        """Look an account up."""
        return _administration().one.account(name)


@people.route("")
class PeopleResource(MethodView):
    """All people."""

    @people.arguments(ByTextSchema, location="query", unknown=RAISE)
    @people.response(200, page_of(views.PersonView))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List people by address."""
        return page_document(_administration().pages.people(**wanted))

    @people.arguments(NewPersonSchema)
    @people.response(201, schema_of(views.PersonView))
    @people.alt_response(422, description="there is no such account, or that is no address")
    def post(self, wanted: dict[str, str]) -> views.PersonView:
        """Add a person to an account; one who is there stays as they are."""
        _administration().add_person(wanted["account"], wanted["email"])
        return _administration().one.person(wanted["email"])


@people.route("/<path:email>")
class PersonResource(MethodView):
    """One person."""

    @people.response(200, schema_of(views.PersonView))
    @people.alt_response(404, description="there is none of that address")
    def get(self, email: str) -> views.PersonView:
        """Look a person up."""
        return _administration().one.person(email)


@equipment.route("")
class EquipmentResource(MethodView):
    """All equipment."""

    @equipment.arguments(ByTextSchema, location="query", unknown=RAISE)
    @equipment.response(200, page_of(views.EquipmentView))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List equipment by serial number."""
        return page_document(_administration().pages.equipment(**wanted))

    @equipment.arguments(EquipmentRowSchema(many=True))
    @equipment.response(200, ImportedSchema)
    @equipment.alt_response(422, description="a row cannot be; none is taken over")
    def post(self, rows: list[dict[str, Any]]) -> dict[str, int]:
        """Take over rows, all or none, each in the place of what was known of its device."""
        return {"imported": _administration().import_equipment([EquipmentRow(**row) for row in rows])}


@equipment.route("/<path:serial>")
class OneEquipmentResource(MethodView):
    """What is known of one device."""

    @equipment.response(200, schema_of(views.EquipmentView))
    @equipment.alt_response(404, description="the administrative systems do not know it")
    @equipment.alt_response(422, description="that can be no serial number")
    def get(self, serial: str) -> views.EquipmentView:
        """Look a device up."""
        return _administration().one.equipment(serial)

    @equipment.arguments(ContractSchema)
    @equipment.response(200, schema_of(views.EquipmentView))
    @equipment.alt_response(404, description="that can be no part of a path")
    @equipment.alt_response(422, description="it cannot be so")
    def put(self, contract: dict[str, Any], serial: str) -> views.EquipmentView:
        """Let a device be known, in the place of what was known of it."""
        _administration().import_equipment([EquipmentRow(serial=serial, **contract)])
        return _administration().one.equipment(serial)


@mail.route("")
class MailResource(MethodView):
    """All mail."""

    @mail.arguments(ByNumberSchema, location="query", unknown=RAISE)
    @mail.response(200, page_of(views.MailView, fields.Integer))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List mail, oldest first."""
        return page_document(_administration().pages.mails(**wanted))


@mail.route(f"/<int(max={HIGHEST_NUMBER}):number>")
class OneMailResource(MethodView):
    """One mail."""

    @mail.response(200, schema_of(views.MailView))
    @mail.alt_response(404, description="there is none of that number")
    def get(self, number: int) -> views.MailView:
        """Read a mail."""
        return _administration().one.mail(number)


def _administration() -> Administration:
    return namespace().server.administration


BLUEPRINTS = (accounts, people, equipment, mail)
