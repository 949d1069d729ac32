"""The journal: searched, one exchange whole, followed as it grows, exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import RAISE

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.resources.journal_schemas import (
    ArchiveSchema,
    FilterSchema,
    PageSchema,
    ResumeSchema,
    SearchSchema,
    WholeExchangeSchema,
)
from esolutions_server.http.connections.gateway import ON_GONE
from esolutions_server.store.repositories.exchanges.journal import JournalQuery
from esolutions_server.testbed.journal.documents import json_lines, row_document, whole_document
from esolutions_server.testbed.journal.har import har_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.testbed.journal.journal import Follower, WholeExchange

__all__ = ["blueprint"]

HIGHEST_NUMBER = 2**63 - 1
REFUSED = "refused"
_EVENTS = "text/event-stream"
_LINES = "application/x-ndjson"
blueprint = Blueprint("journal", __name__, description="Every exchange that the server saw.")


@blueprint.route("")
class JournalResource(MethodView):
    """All exchanges."""

    @blueprint.arguments(SearchSchema, location="query", unknown=RAISE)
    @blueprint.response(200, PageSchema)
    def get(self, search: dict[str, Any]) -> dict[str, Any]:
        """Search the exchanges, a page at a time."""
        page = namespace().journal.search(_query(search), search.get("serial"))
        return {"exchanges": [row_document(row) for row in page.rows], "next": page.next}


@blueprint.route(f"/<int(min=1, max={HIGHEST_NUMBER}):number>")
class ExchangeResource(MethodView):
    """One exchange."""

    @blueprint.response(200, WholeExchangeSchema)
    @blueprint.alt_response(404, description="there is none of that number")
    def get(self, number: int) -> dict[str, Any]:
        """Show an exchange whole: both messages as HTTP had them, how it came, what it changed and why."""
        return whole_document(namespace().journal.exchange(number))


@blueprint.route("/stream")
class StreamResource(MethodView):
    """The exchanges as they come."""

    @blueprint.arguments(FilterSchema, location="query", unknown=RAISE)
    @blueprint.arguments(ResumeSchema, location="headers")
    @blueprint.response(200, {"type": "string"}, content_type=_EVENTS)
    @blueprint.alt_response(503, description="as many streams as this listener keeps are open")
    def get(self, search: dict[str, Any], resume: dict[str, int]) -> Response:
        """Follow the journal by server-sent events: `exchange`, whose id is the number, with the row as its data.

        Without `after` and `Last-Event-ID` from now on; it ends when the caller does, or the server.
        """
        after = resume.get("last_event_id", search.get("after"))
        follower = namespace().journal.follow(_query({**search, "after": after}), search.get("serial"))
        request.environ.get(ON_GONE, _nobody)(follower.close)
        return Response(_events(follower), mimetype=_EVENTS)


@blueprint.route("/export/jsonl")
class LinesResource(MethodView):
    """The exchanges as lines of JSON."""

    @blueprint.arguments(FilterSchema, location="query", unknown=RAISE)
    @blueprint.response(200, {"type": "string"}, content_type=_LINES)
    @blueprint.alt_response(503, description="as many streams as this listener keeps are open")
    def get(self, search: dict[str, Any]) -> Response:
        """Export whole exchanges, oldest first, each as `GET journal/NUMBER` has it, on a line of its own."""
        return Response(json_lines(_every(search)), mimetype=_LINES)


@blueprint.route("/export/har")
class ArchiveResource(MethodView):
    """The exchanges as an HTTP Archive."""

    @blueprint.arguments(FilterSchema, location="query", unknown=RAISE)
    @blueprint.response(200, ArchiveSchema)
    @blueprint.alt_response(503, description="as many streams as this listener keeps are open")
    def get(self, search: dict[str, Any]) -> Response:
        """Export the exchanges whose HTTP is kept, oldest first, as one HTTP Archive 1.2."""
        return Response(har_lines(_every(search)), mimetype="application/json")


def _every(search: dict[str, Any]) -> Iterator[WholeExchange]:
    return namespace().journal.every(_query(search), search.get("serial"))


def _query(search: dict[str, Any]) -> JournalQuery:
    outcome = search.get("outcome")
    return JournalQuery(
        proxy_id=search.get("proxy"),
        operation=search.get("operation"),
        outcome=None if outcome == REFUSED else outcome,
        is_refused=True if outcome == REFUSED else None,
        since=search.get("since"),
        until=search.get("until"),
        after=search.get("after"),
        before=search.get("before"),
        newest_first=search.get("order") == "newest",
        limit=search.get("limit"),
    )


def _events(follower: Follower) -> Iterator[str]:
    # A comment, so that a client that waits for the first octet knows that it has begun.
    yield ": follows the journal\n\n"
    try:
        for rows in follower:
            yield (
                "".join(f"id: {row.number}\nevent: exchange\ndata: {json.dumps(row_document(row))}\n\n" for row in rows)
                or ": nothing new\n\n"
            )
    finally:
        follower.close()


def _nobody(_close: object) -> None:
    """Do nothing: the stream came over no connection that could break."""
