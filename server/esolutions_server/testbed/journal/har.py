"""Exchanges as an HTTP Archive 1.2, which browsers' tools and HTTP debuggers open."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from esolutions_server.testbed.journal.documents import row_document, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.testbed.journal.journal import WholeExchange
    from esolutions_server.testbed.journal.messages import KeptExchange, Message

__all__ = ["har_lines"]

# The format's word for a size that is not known.
_UNKNOWN = -1
_HTTP = "HTTP/1.1"


def har_lines(exchanges: Iterable[WholeExchange]) -> Iterator[str]:
    """Yield the lines of one document; an exchange whose HTTP is not kept is left out, as the format has no place."""
    creator = {"name": "esolutions-server", "version": version("esolutions")}
    yield f'{{"log": {{"version": "1.2", "creator": {json.dumps(creator)}, "entries": [\n'
    separator = ""
    for exchange in exchanges:
        if exchange.kept is not None:
            yield separator + json.dumps(_entry(exchange.row, exchange.kept))
            separator = ",\n"
    yield "\n]}}\n"


def _entry(row: ExchangeView, kept: KeptExchange) -> dict[str, Any]:
    connection = kept.connection
    received = 0.0 if connection is None else connection.seconds_to_receive
    timings = {"send": _milliseconds(received), "wait": _milliseconds(kept.seconds_to_respond), "receive": 0}
    return {
        "startedDateTime": spelled(row.moment),
        "time": sum(timings.values()),
        "request": _request(kept),
        "response": _response(kept),
        "cache": {},
        "timings": timings,
        **({} if connection is None else {"connection": str(connection.remote_port)}),
        # A field of one's own begins so.
        "_exchange": row_document(row),
    }


def _request(kept: KeptExchange) -> dict[str, Any]:
    query = parse_qsl(urlsplit(kept.url).query, keep_blank_values=True)
    content = {} if kept.request.body is None else {"postData": _content(kept.request)}
    return {
        "method": kept.method,
        "url": kept.url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(kept.request),
        "queryString": [{"name": name, "value": value} for name, value in query],
        **content,
        "headersSize": _UNKNOWN,
        "bodySize": kept.request.octets,
    }


def _response(kept: KeptExchange) -> dict[str, Any]:
    code, _, reason = kept.status.partition(" ")
    content = {"size": kept.response.octets, "mimeType": _kind(kept.response)}
    return {
        "status": int(code),
        "statusText": reason,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(kept.response),
        "content": content if kept.response.body is None else {**content, "text": kept.response.body},
        "redirectURL": "",
        "headersSize": _UNKNOWN,
        "bodySize": kept.response.octets,
    }


def _content(message: Message) -> dict[str, Any]:
    return {"mimeType": _kind(message), "params": [], "text": message.body}


def _headers(message: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _kind(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 3)
