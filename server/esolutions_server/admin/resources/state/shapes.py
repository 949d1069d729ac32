"""How views are written as JSON, and how lists are asked for a page at a time."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from esolutions_server.service.people.pages import LARGEST_PAGE, PAGE
from esolutions_server.service.people.presentation.view_types import types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esolutions_server.service.people.pages import Page
    from esolutions_server.service.people.presentation.view_types import ValueType

__all__ = [
    "HIGHEST_NUMBER",
    "ByNumberSchema",
    "BySerialSchema",
    "ByTextSchema",
    "page_document",
    "page_of",
    "schema_of",
]

# Of SQLite's rows.
HIGHEST_NUMBER = 2**63 - 1
_LONGEST_KEY = 300
_FIELDS: Mapping[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
    date: fields.Date,
    datetime: fields.AwareDateTime,
}
_LIMIT = fields.Integer(
    load_default=PAGE, validate=validate.Range(1, LARGEST_PAGE), metadata={"description": "so many rows at most"}
)


class ByTextSchema(Schema):
    """Which page of a list is wanted that is in the order of a text."""

    after = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.Length(1, _LONGEST_KEY),
        metadata={"description": "begins after this key: `next` of the page before"},
    )
    limit = _LIMIT


class ByNumberSchema(Schema):
    """Which page of a list is wanted that is in the order of a number."""

    after = fields.Integer(
        load_default=None,
        allow_none=False,
        validate=validate.Range(0, HIGHEST_NUMBER),
        metadata={"description": "begins after this key: `next` of the page before"},
    )
    limit = _LIMIT


class BySerialSchema(ByNumberSchema):
    """The same, of all devices or of one."""

    serial = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.Length(1, _LONGEST_KEY),
        metadata={"description": "of this device alone"},
    )


@cache
def schema_of(view: type) -> type[Schema]:
    """Return how a view is written."""
    name = view.__name__.removesuffix("View")
    made: dict[str, Any] = {name: _field(of) for name, of in types_of(view).items()}
    return Schema.from_dict(made, name=name)


@cache
def page_of(view: type, key: type[fields.Field[Any]] = fields.String) -> type[Schema]:
    """Return how a page of views is written, and the key of the next one."""
    made: dict[str, Any] = {
        "rows": fields.List(fields.Nested(schema_of(view)), required=True),
        "next": key(
            required=True, allow_none=True, metadata={"description": "where the next page begins; null: nowhere"}
        ),
    }
    return Schema.from_dict(made, name=f"{view.__name__.removesuffix('View')}Page")


def page_document(page: Page[Any, Any]) -> dict[str, Any]:
    """Return what the schema of a page writes."""
    return {"rows": page.rows, "next": page.next_after}


def _field(of: ValueType) -> fields.Field[Any]:
    if of.is_many:
        return fields.List(fields.Nested(schema_of(of.kind)) if of.is_view else fields.String(), required=True)
    if issubclass(of.kind, StrEnum):
        return fields.Enum(of.kind, by_value=True, required=True, allow_none=of.is_optional)
    return _FIELDS[of.kind](required=True, allow_none=of.is_optional)
