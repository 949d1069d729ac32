"""The journal of a testbed, for a program that talks to its admin API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from esolutions_server.service.people.presentation.views import ExchangeView

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from esolutions_server.client.transport import AdminTransport

__all__ = [
    "ConnectionReading",
    "DeviationReading",
    "ExchangeFilter",
    "ExchangeReading",
    "JournalClient",
    "MessageReading",
    "StateChange",
    "exchange_of",
]

_PAGE = 500


@dataclass(frozen=True, slots=True)
class ExchangeFilter:
    """Which exchanges are wanted; what is None wants all.

    Attributes:
        proxy: of this client, by its GUID.
        operation: by its name.
        outcome: `receipt`, `repeated`, the code of a fault, or `refused` for any fault.
        serial: that name this device, of those that this run of the testbed saw.
        since: from this time of the testbed's clock on.
        until: before this time.
        after: with a higher number.
    """

    proxy: str | None = None
    operation: str | None = None
    outcome: str | None = None
    serial: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None

    def query(self) -> dict[str, str | int | None]:
        """Return it as the API wants it."""
        named: dict[str, str | int | None] = {
            name: getattr(self, name) for name in ("proxy", "operation", "outcome", "serial", "after")
        }
        bounds = {"since": self.since, "until": self.until}
        return named | {name: None if value is None else value.isoformat() for name, value in bounds.items()}


ALL = ExchangeFilter()


@dataclass(frozen=True, slots=True)
class DeviationReading:
    """Where a message is not as the contract has it: by `envelope`, `schema` or `size`; `line` counts from 1."""

    rule: str
    text: str
    line: int | None
    path: str | None


@dataclass(frozen=True, slots=True)
class MessageReading:
    """A request or a response, masked; `body` is None where it is not kept any more, `bytes` its length on the wire."""

    headers: tuple[tuple[str, str], ...]
    body: str | None
    bytes: int
    deviations: tuple[DeviationReading, ...]


@dataclass(frozen=True, slots=True)
class ConnectionReading:
    """How a request came; `ordinal` says which request of its connection it is, from 1; TLS is None without it."""

    remote_address: str
    remote_port: int
    tls_version: str | None
    cipher: str | None
    ordinal: int
    seconds_to_receive: float


@dataclass(frozen=True, slots=True)
class StateChange:
    """What an exchange changed at the server; without a field, a thing that came or went, with all its fields."""

    kind: str
    name: str
    field: str | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ExchangeReading:
    """An exchange whole; what is not kept any more is None.

    Attributes:
        row: what the journal says of it.
        method: of the request.
        url: of the request.
        status: of the response, with the reason phrase.
        seconds_to_respond: from the whole request to the whole response.
        connection: how it came; None, too, where it came over none.
        request: the message.
        response: the message.
        serials: the devices that either message names.
        changes: what became different at the server.
    """

    row: ExchangeView
    method: str | None
    url: str | None
    status: str | None
    seconds_to_respond: float | None
    connection: ConnectionReading | None
    request: MessageReading | None
    response: MessageReading | None
    serials: tuple[str, ...]
    changes: tuple[StateChange, ...]


class JournalClient:
    """The journal of one namespace.

    Raises, in every method:
        TestbedUnreachableError: no testbed answers, or it has stopped meanwhile.
        TestbedRefusedError: it said no, and why.
    """

    def __init__(self, transport: AdminTransport) -> None:
        self._transport = transport

    def search(self, wanted: ExchangeFilter = ALL, *, newest_first: bool = False) -> Iterator[ExchangeView]:
        """Yield exchanges; they are asked for a page at a time."""
        query = {**wanted.query(), "limit": _PAGE, "order": "newest" if newest_first else "oldest"}
        while True:
            page = self._transport.ask("GET", "journal", query=query)
            yield from map(_row, page["exchanges"])
            if page["next"] is None:
                return
            query["before" if newest_first else "after"] = page["next"]

    def exchange(self, number: int) -> ExchangeReading:
        """Return an exchange whole."""
        return exchange_of(self.document(number))

    def document(self, number: int) -> dict[str, Any]:
        """Return an exchange whole, as the API has it."""
        document: dict[str, Any] = self._transport.ask("GET", f"journal/{number}")
        return document

    def follow(self, wanted: ExchangeFilter = ALL) -> Iterator[ExchangeView]:
        """Yield exchanges as they come, from `after` on or from now on, until the testbed stops or the caller does."""
        with self._transport.lines("journal/stream", query=wanted.query()) as lines:
            for line in lines:
                name, _, value = line.partition(": ")
                if name == "data":
                    yield _row(json.loads(value))

    def export(self, form: Literal["jsonl", "har"] = "jsonl", wanted: ExchangeFilter = ALL) -> Iterator[str]:
        """Yield the lines of an export: JSON lines of whole exchanges, or an HTTP Archive 1.2."""
        with self._transport.lines(f"journal/export/{form}", query=wanted.query()) as lines:
            yield from lines


def exchange_of(document: dict[str, Any]) -> ExchangeReading:
    """Return the exchange that a document of the API, or a line of an export, describes."""
    http = document["http"] or {}
    connection = http.get("connection")
    return ExchangeReading(
        row=_row({name: document[name] for name in ExchangeView.__dataclass_fields__}),
        method=http.get("method"),
        url=http.get("url"),
        status=http.get("status"),
        seconds_to_respond=http.get("seconds_to_respond"),
        connection=None if connection is None else ConnectionReading(**connection),
        request=_message(document["request"]),
        response=_message(document["response"]),
        serials=tuple(document["serials"]),
        changes=tuple(StateChange(**change) for change in document["changes"]),
    )


def _row(document: dict[str, Any]) -> ExchangeView:
    return ExchangeView(**{**document, "moment": datetime.fromisoformat(document["moment"])})


def _message(document: dict[str, Any] | None) -> MessageReading | None:
    if document is None:
        return None
    headers = tuple((field["name"], field["value"]) for field in document["headers"])
    deviations = tuple(DeviationReading(**deviation) for deviation in document["deviations"])
    return MessageReading(headers, document["body"], document["bytes"], deviations)
