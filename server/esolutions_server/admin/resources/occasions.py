"""When a fault or a breakpoint is met, in JSON: the keys that both have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from esolutions_server.admin.guard import namespace
from esolutions_server.domain.devices.identity import IdentityError, canonical_guid
from esolutions_server.domain.occasions import Occasions, Tally
from esolutions_server.soap.contract.operations import OPERATIONS

__all__ = ["OccasionsSchema", "TallySchema", "occasions_document", "occasions_of"]

_MOST = 1_000_000
# A span of the testbed's clock, in seconds: ten years.
_LONGEST_SPAN = 3660 * 86_400


class _Guid(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        try:
            return canonical_guid(super()._deserialize(value, attr, data, **more))
        except IdentityError as error:
            raise ValidationError(str(error)) from None


class OccasionsSchema(Schema):
    """Which exchanges are met; what is left out narrows nothing."""

    operations = fields.List(fields.String(validate=validate.OneOf(sorted(OPERATIONS))))
    proxy_id = _Guid(metadata={"description": "whom the message names as its sender, a GUID"})
    every = fields.Integer(
        strict=True, validate=validate.Range(1, _MOST), metadata={"description": "of those, each n-th"}
    )
    probability = fields.Float(validate=validate.Range(0, 1), metadata={"description": "of those, by chance"})
    seed = fields.Integer(
        strict=True, validate=validate.Range(0, 2**63 - 1), metadata={"description": "where the chance comes from"}
    )
    times = fields.Integer(
        strict=True, validate=validate.Range(1, _MOST), metadata={"description": "it ends after so many"}
    )
    lasting_seconds = fields.Integer(
        strict=True,
        validate=validate.Range(1, _LONGEST_SPAN),
        metadata={"description": "it ends when the testbed's clock has gone on by so many"},
    )


class TallySchema(Schema):
    """Which exchanges are met, and how many were."""

    number = fields.Integer(required=True)
    operations = fields.List(fields.String(), required=True)
    proxy_id = fields.String(required=True, allow_none=True)
    every = fields.Integer(required=True)
    probability = fields.Float(required=True)
    seed = fields.Integer(required=True)
    times = fields.Integer(required=True, allow_none=True)
    until = fields.AwareDateTime(required=True, allow_none=True)
    seen = fields.Integer(required=True, metadata={"description": "so many of the kind came"})
    met = fields.Integer(required=True, metadata={"description": "so many of them were met"})


def occasions_of(wanted: dict[str, Any]) -> Occasions:
    """Return what the keys of a document say, having taken them out of it."""
    names = ("operations", "proxy_id", "every", "probability", "seed", "times")
    taken = {name: wanted.pop(name) for name in names if name in wanted}
    span = wanted.pop("lasting_seconds", None)
    until = None if span is None else namespace().clock() + timedelta(seconds=span)
    return Occasions(**taken | {"operations": tuple(taken.get("operations", ())), "until": until})


def occasions_document(number: int, occasions: Occasions, tally: Tally) -> dict[str, Any]:
    """Return what TallySchema shows."""
    return {
        "number": number,
        "operations": list(occasions.operations),
        "proxy_id": occasions.proxy_id,
        "every": occasions.every,
        "probability": occasions.probability,
        "seed": occasions.seed,
        "times": occasions.times,
        "until": occasions.until,
        "seen": tally.seen,
        "met": tally.met,
    }
