"""What is asked of the journal, and what it answers, as the OpenAPI document has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.testbed.journal.journal import PAGE

__all__ = ["ArchiveSchema", "FilterSchema", "PageSchema", "ResumeSchema", "SearchSchema", "WholeExchangeSchema"]

_HIGHEST = 2**63 - 1
_MOST_ROWS = 1000
_LONGEST = 256


def _number(**metadata: str) -> fields.Integer:
    return fields.Integer(validate=validate.Range(0, _HIGHEST), metadata=metadata)


class FilterSchema(Schema):
    """Which exchanges are wanted; what is left out wants all."""

    proxy = fields.String(validate=validate.Length(1, _LONGEST), metadata={"description": "a client's GUID"})
    operation = fields.String(validate=validate.OneOf(list(OPERATIONS)))
    outcome = fields.String(
        validate=validate.Length(1, _LONGEST),
        metadata={"description": "receipt, repeated, the code of a fault, or refused for any fault"},
    )
    serial = fields.String(
        validate=validate.Length(1, _LONGEST),
        metadata={"description": "a device that one of the messages names; of those that this run of the testbed saw"},
    )
    since = fields.AwareDateTime(default_timezone=UTC, metadata={"description": "from this moment of its clock on"})
    until = fields.AwareDateTime(default_timezone=UTC, metadata={"description": "before this moment of its clock"})
    after = _number(description="only exchanges with a higher number")

    @post_load
    def canonical(self, search: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return what names something in the form by which it is compared.

        Raises:
            ValidationError: it can name nothing, or UTC does not know that moment.
        """
        for name, read in (("proxy", canonical_guid), ("serial", canonical_serial)):
            if name in search:
                try:
                    search[name] = read(search[name])
                except IdentityError as error:
                    raise ValidationError(str(error), name) from None
        for name in ("since", "until"):
            if name in search:
                search[name] = _in_utc(search[name], name)
        return search


class SearchSchema(FilterSchema):
    """Which page of them is wanted."""

    before = _number(description="only exchanges with a lower number")
    order = fields.String(load_default="oldest", validate=validate.OneOf(["oldest", "newest"]))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, _MOST_ROWS))


class ResumeSchema(Schema):
    """Where a stream that broke off was."""

    last_event_id = fields.Integer(data_key="Last-Event-ID", validate=validate.Range(0, _HIGHEST))


def _utc_time(**more: Any) -> fields.String:
    return fields.String(metadata={"format": "date-time"}, **more)


class RowSchema(Schema):
    """An exchange, with measured and published sizes in bytes."""

    number = fields.Integer(required=True)
    moment = _utc_time(required=True)
    operation = fields.String(required=True, allow_none=True)
    proxy_id = fields.String(required=True, allow_none=True)
    message_id = fields.String(required=True, allow_none=True)
    attempt = fields.Integer(required=True, allow_none=True)
    devices_in = fields.Integer(required=True)
    devices_out = fields.Integer(required=True)
    bytes_in = fields.Integer(required=True)
    bytes_out = fields.Integer(required=True)
    published_in = fields.Integer(required=True, allow_none=True)
    published_out = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True)
    note = fields.String(required=True, metadata={"description": "what the server remarked, and why it refused"})
    waited = fields.Integer(
        required=True, allow_none=True, metadata={"description": "seconds since the message was composed"}
    )


class PageSchema(Schema):
    """Some exchanges, and the number to ask with for the next ones."""

    exchanges = fields.List(fields.Nested(RowSchema), required=True)
    next = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "`after`, from the newest on `before`; null where there are no more"},
    )


class HeaderSchema(Schema):
    """A header field."""

    name = fields.String(required=True)
    value = fields.String(required=True)


class DeviationSchema(Schema):
    """Where a message is not as the contract has it."""

    rule = fields.String(required=True, validate=validate.OneOf(["envelope", "schema", "size"]))
    text = fields.String(required=True)
    line = fields.Integer(required=True, allow_none=True)
    path = fields.String(required=True, allow_none=True)


class MessageSchema(Schema):
    """A message, with what is secret in it masked."""

    headers = fields.List(fields.Nested(HeaderSchema), required=True)
    body = fields.String(required=True, allow_none=True, metadata={"description": "null where it is not kept any more"})
    bytes = fields.Integer(required=True, metadata={"description": "of the body on the wire, before content coding"})
    deviations = fields.List(fields.Nested(DeviationSchema), required=True)


class ConnectionSchema(Schema):
    """How a request came."""

    remote_address = fields.String(required=True)
    remote_port = fields.Integer(required=True)
    tls_version = fields.String(required=True, allow_none=True)
    cipher = fields.String(required=True, allow_none=True)
    ordinal = fields.Integer(required=True, metadata={"description": "which request of its connection, from 1"})
    seconds_to_receive = fields.Float(required=True)


class HttpSchema(Schema):
    """HTTP's part of an exchange."""

    method = fields.String(required=True)
    url = fields.String(required=True)
    status = fields.String(required=True)
    seconds_to_respond = fields.Float(required=True)
    connection = fields.Nested(ConnectionSchema, required=True, allow_none=True)


class ChangeSchema(Schema):
    """What an exchange changed at the server; without a field, a thing that came or went, with all its fields."""

    kind = fields.String(required=True, metadata={"description": "proxy, device, meter, supply, command, value, mail"})
    name = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class WholeExchangeSchema(RowSchema):
    """An exchange whole; what is not kept any more is null."""

    http = fields.Nested(HttpSchema, required=True, allow_none=True)
    request = fields.Nested(MessageSchema, required=True, allow_none=True)
    response = fields.Nested(MessageSchema, required=True, allow_none=True)
    serials = fields.List(fields.String(), required=True, metadata={"description": "the devices that it names"})
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


class ArchiveSchema(Schema):
    """An HTTP Archive 1.2."""

    log = fields.Dict(required=True)


def _in_utc(time: datetime, name: str) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValidationError("there is no such moment in UTC", name) from None
