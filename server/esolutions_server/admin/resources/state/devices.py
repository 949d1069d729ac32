"""Proxies and devices: looked at, signed up, taken out of service, reassigned, asked, taken to any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.state.shapes import ByTextSchema, page_document, page_of, schema_of
from esolutions_server.domain.devices.states import DeviceState, Step
from esolutions_server.service.people.presentation import views

if TYPE_CHECKING:
    from esolutions_server.service.people.administration import Administration

__all__ = ["BLUEPRINTS"]

_TEXT = validate.Length(1, 300)
proxies = Blueprint("proxies", __name__, description="Installed clients, without their secrets.")
devices = Blueprint("devices", __name__, description="Printers that clients have registered.")


class _Truth(fields.Boolean):
    """True or false, and no other word for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("true or false")
        return bool(super()._deserialize(value, attr, data, **more))


class WantedStateSchema(Schema):
    """Where a device shall be."""

    state = fields.Enum(DeviceState, by_value=True, required=True)


class TakenSchema(Schema):
    """Where a device is, and by which steps it got there."""

    state = fields.Enum(DeviceState, by_value=True, required=True)
    steps = fields.List(fields.Enum(Step, by_value=True), required=True)


class SignUpSchema(Schema):
    """As whom a device is signed up."""

    person = fields.String(
        load_default=None, validate=_TEXT, metadata={"description": "an address; whom it is assigned to if left out"}
    )
    at_once = _Truth(load_default=False, metadata={"description": "do not wait until it shows on the detected page"})


class AssignmentSchema(Schema):
    """Whose a device shall be."""

    person = fields.String(required=True, validate=_TEXT, metadata={"description": "an address of its account"})


class PreviousSchema(Schema):
    """Whose a device was, who gets mail if that has changed."""

    previous = fields.String(required=True)


@proxies.route("")
class ProxiesResource(MethodView):
    """All proxies."""

    @proxies.arguments(ByTextSchema, location="query", unknown=RAISE)
    @proxies.response(200, page_of(views.ProxyView))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List proxies by id, each with its state: registered, running, silent or retired."""
        return page_document(_administration().pages.proxies(**wanted))


@proxies.route("/<string:proxy_id>")
class ProxyResource(MethodView):
    """One proxy."""

    @proxies.response(200, schema_of(views.ProxyView))
    @proxies.alt_response(404, description="none of that id is registered")
    @proxies.alt_response(422, description="that is no GUID")
    def get(self, proxy_id: str) -> views.ProxyView:
        """Look a proxy up."""
        return _administration().one.proxy(proxy_id)


@devices.route("")
class DevicesResource(MethodView):
    """All devices."""

    @devices.arguments(ByTextSchema, location="query", unknown=RAISE)
    @devices.response(200, page_of(views.DeviceView))
    def get(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """List devices by serial number, each with its meters and supplies."""
        return page_document(_administration().pages.devices(**wanted))


@devices.route("/<string:serial>")
class DeviceResource(MethodView):
    """One device."""

    @devices.response(200, schema_of(views.DeviceView))
    @devices.alt_response(404, description="it is not registered")
    @devices.alt_response(422, description="that can be no serial number")
    def get(self, serial: str) -> views.DeviceView:
        """Look a device up."""
        return _administration().one.device(serial)


@devices.route("/<string:serial>/state")
class DeviceStateResource(MethodView):
    """Where a device is."""

    @devices.arguments(WantedStateSchema)
    @devices.response(200, TakenSchema)
    @devices.alt_response(404, description="it is not registered")
    @devices.alt_response(422, description="there is no such state, or the device's client could not say what it would")
    def post(self, wanted: dict[str, DeviceState], serial: str) -> views.DeviceMove:
        """Take a device to a state at once, by the steps that people, the clock and its client would take.

        What takes time has passed for this device alone. The journal says that a person did what its client would.
        """
        return _administration().take_to(serial, wanted["state"])


@devices.route("/<string:serial>/sign-up")
class SignUpResource(MethodView):
    """The enrolment of a device."""

    @devices.arguments(SignUpSchema)
    @devices.response(200, schema_of(views.DeviceView))
    @devices.alt_response(404, description="it is not registered")
    @devices.alt_response(422, description="it is not on that person's page, or has left service")
    def post(self, wanted: dict[str, Any], serial: str) -> views.DeviceView:
        """Sign a device up as a person does; once more changes nothing."""
        _administration().sign_up(serial, wanted["person"], at_once=wanted["at_once"])
        return _administration().one.device(serial)


@devices.route('/<string:serial>/<any("cancel", "retire", "replace"):ending>')
class EndingResource(MethodView):
    """The end of a device's enrolment, or of its service."""

    @devices.response(200, schema_of(views.DeviceView))
    @devices.alt_response(404, description="it is not registered")
    @devices.alt_response(422, description="it is not enrolled, or not in service")
    def post(self, serial: str, ending: str) -> views.DeviceView:
        """Cancel its enrolment, retire it, or note that another one stands in its place."""
        if ending == "cancel":
            _administration().cancel(serial)
        else:
            _administration().retire(serial, is_replaced=ending == "replace")
        return _administration().one.device(serial)


@devices.route("/<string:serial>/reassign")
class ReassignResource(MethodView):
    """Whose a device is."""

    @devices.arguments(AssignmentSchema)
    @devices.response(200, PreviousSchema)
    @devices.alt_response(404, description="that can be no part of a path")
    @devices.alt_response(422, description="it is not known, or that is no person of its account")
    def post(self, wanted: dict[str, str], serial: str) -> dict[str, str]:
        """Assign a device to another person of its account."""
        return {"previous": _administration().reassign(serial, wanted["person"])}


@devices.route("/<string:serial>/billing-request")
class BillingRequestResource(MethodView):
    """What is asked of a device now."""

    @devices.response(201, schema_of(views.CommandView))
    @devices.alt_response(404, description="it is not registered")
    @devices.alt_response(422, description="it is not active")
    def post(self, serial: str) -> views.CommandView:
        """Ask for its meters, beside the billing cycle."""
        return _administration().one.command(_administration().request_billing(serial))


def _administration() -> Administration:
    return namespace().server.administration


BLUEPRINTS = (proxies, devices)
