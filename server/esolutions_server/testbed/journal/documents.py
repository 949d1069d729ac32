"""Exchanges as JSON: what the admin API answers, streams and exports."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.testbed.journal.journal import WholeExchange
    from esolutions_server.testbed.journal.messages import KeptExchange, Message

__all__ = ["json_lines", "row_document", "spelled", "whole_document"]


def row_document(row: ExchangeView) -> dict[str, Any]:
    """Return the row of an exchange, its time as the wire spells one."""
    return {name: spelled(value) for name, value in asdict(row).items()}


def whole_document(exchange: WholeExchange) -> dict[str, Any]:
    """Return an exchange with both messages; what is not kept is null."""
    kept = exchange.kept
    return {
        **row_document(exchange.row),
        "http": None if kept is None else _http(kept),
        "request": None if kept is None else _message(kept.request),
        "response": None if kept is None else _message(kept.response),
        "serials": [] if kept is None else sorted(kept.serials),
        "changes": [] if kept is None else [_spelled_all(asdict(change)) for change in kept.changes],
    }


def json_lines(exchanges: Iterable[WholeExchange]) -> Iterator[str]:
    """Yield a line of JSON for each exchange."""
    return (json.dumps(whole_document(exchange)) + "\n" for exchange in exchanges)


def spelled(value: object) -> Any:
    """Return a value as JSON has it: times and dates as the wire spells them."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value


def _spelled_all(change: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {field: spelled(inner) for field, inner in value.items()} if isinstance(value, dict) else spelled(value)
        for name, value in change.items()
    }


def _http(kept: KeptExchange) -> dict[str, Any]:
    return {
        "method": kept.method,
        "url": kept.url,
        "status": kept.status,
        "seconds_to_respond": round(kept.seconds_to_respond, 6),
        "connection": None if kept.connection is None else asdict(kept.connection),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "headers": [{"name": name, "value": value} for name, value in message.headers],
        "body": message.body,
        "bytes": message.octets,
        "deviations": [asdict(deviation) for deviation in message.deviations],
    }
