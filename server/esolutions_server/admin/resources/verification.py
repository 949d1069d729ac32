"""Verification: expectations about messages, judged by the journal of a namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView
from flask_smorest import Blueprint, abort
from marshmallow import INCLUDE, Schema, fields, validate

from esolutions_server.admin.guard import namespace
from esolutions_server.domain.verification import VerificationError, expectation_of
from esolutions_server.domain.verification.documents import KINDS

if TYPE_CHECKING:
    from esolutions_server.domain.verification import Verdict

__all__ = ["blueprint"]

MOST_EXPECTATIONS = 100
blueprint = Blueprint("verification", __name__, description="Whether what came is what should have come.")


class ExpectationSchema(Schema):
    """An expectation; which keys it has beside its kind depends on that (docs/testbed.md)."""

    class Meta:
        """What else is there is read with the kind."""

        unknown = INCLUDE

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))


class QuestionSchema(Schema):
    """What shall be judged."""

    expectations = fields.List(
        fields.Nested(ExpectationSchema), required=True, validate=validate.Length(1, MOST_EXPECTATIONS)
    )
    since = fields.AwareDateTime(metadata={"description": "from when on; from the beginning where it is left out"})


class MissSchema(Schema):
    """Where an expectation was not met, and what came closest."""

    of = fields.String(required=True, metadata={"description": "the client or device; empty for all"})
    expected = fields.String(required=True)
    closest = fields.String(required=True)
    exchanges = fields.List(fields.Integer(), required=True, metadata={"description": "their numbers in the journal"})


class VerdictSchema(Schema):
    """What became of an expectation."""

    expectation = fields.String(required=True)
    passed = fields.Boolean(required=True)
    misses = fields.List(fields.Nested(MissSchema), required=True)
    pending = fields.List(fields.String(), required=True, metadata={"description": "what may still come in time"})


class AnswerSchema(Schema):
    """All verdicts, and whether each is a pass."""

    passed = fields.Boolean(required=True)
    verdicts = fields.List(fields.Nested(VerdictSchema), required=True)


@blueprint.route("")
class VerificationResource(MethodView):
    """A verification."""

    @blueprint.arguments(QuestionSchema)
    @blueprint.response(200, AnswerSchema)
    @blueprint.alt_response(422, description="one of them is no expectation")
    def post(self, question: dict[str, Any]) -> dict[str, Any]:
        """Judge what came by expectations; whether they are met is in the answer, its status is 200 either way."""
        try:
            expectations = [expectation_of(document) for document in question["expectations"]]
        except VerificationError as error:
            abort(422, message=str(error))
        verdicts = namespace().verify(expectations, since=question.get("since"))
        return {"passed": all(verdict.passed for verdict in verdicts), "verdicts": [_document(v) for v in verdicts]}


def _document(verdict: Verdict) -> dict[str, Any]:
    return {
        "expectation": verdict.expectation,
        "passed": verdict.passed,
        "misses": verdict.misses,
        "pending": verdict.pending,
    }
