"""An exchange as lines for people: at a terminal none is wider than it, elsewhere each value is whole."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_server.cli.options import time_text
from esolutions_server.cli.output import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from esolutions_server.client.journal import ExchangeReading, MessageReading, StateChange
    from esolutions_server.service.people.presentation.views import ExchangeView

__all__ = ["lines_of", "sentence_of"]

_NOT_KEPT = "(not kept: the testbed was started anew since, keeps no bodies, or has forgotten the oldest)"
_LABEL = 10


def sentence_of(row: ExchangeView) -> Iterator[str]:
    """Yield what the journal says of an exchange, on two or three lines."""
    what = f"{time_text(row.moment)}  {row.operation or '(no operation)'}  {row.outcome}"
    yield from _wrapped(f"{row.number:>6}  {what}", 8)
    sizes = f"in {_size(row.bytes_in, row.published_in)}, out {_size(row.bytes_out, row.published_out)}"
    yield from _wrapped(f"{'':8}{row.proxy_id or '(a stranger)'}: {sizes}", 8)
    if row.note:
        yield from _wrapped(f"{'':8}{row.note}", 8)


def lines_of(exchange: ExchangeReading) -> Iterator[str]:
    """Yield an exchange whole."""
    yield from sentence_of(exchange.row)
    if exchange.method is None:
        yield from _wrapped(_NOT_KEPT, 0)
        return
    yield ""
    yield from _labelled(_http(exchange))
    yield ""
    yield "What changed"
    yield from _changes(exchange.changes)
    for name, message in (("Request", exchange.request), ("Response", exchange.response)):
        if message is not None:
            yield ""
            yield from _message(name, message)


def _http(exchange: ExchangeReading) -> dict[str, str]:
    lines = {"HTTP": f"{exchange.method} {exchange.url}", "": f"{exchange.status}"}
    if (row := exchange.row).attempt is not None:
        lines["message"] = f"{row.message_id}, attempt {row.attempt}, composed {row.waited} s before"
    connection = exchange.connection
    if connection is not None:
        tls = f"{connection.tls_version}, {connection.cipher}" if connection.tls_version else "no TLS"
        where = f"{connection.remote_address} port {connection.remote_port}, {tls}"
        lines["connection"] = f"{where}, request {connection.ordinal} of it"
        lines["received"] = f"in {1000 * connection.seconds_to_receive:.1f} ms"
    lines["answered"] = f"in {1000 * (exchange.seconds_to_respond or 0):.1f} ms"
    if exchange.serials:
        lines["devices"] = ", ".join(exchange.serials)
    return lines


def _changes(changes: Iterable[StateChange]) -> Iterator[str]:
    is_first = True
    for change in changes:
        is_first = False
        if change.field is not None:
            what = f"{change.field.replace('_', ' ')}: {_value(change.before)} -> {_value(change.after)}"
        else:
            what = f"new: {_fields(change.after)}" if change.before is None else f"gone: {_fields(change.before)}"
        yield from _wrapped(f"  {change.kind} {change.name}: {what}", 6)
    if is_first:
        yield "  nothing"


def _message(name: str, message: MessageReading) -> Iterator[str]:
    yield f"{name}, {message.bytes:,} bytes"
    for deviation in message.deviations:
        at = "" if deviation.line is None else f" (line {deviation.line})"
        yield from _wrapped(f"  ! {deviation.rule}: {deviation.text}{at}", 6)
    for field, value in message.headers:
        yield from _wrapped(f"  {field}: {value}", 6)
    yield ""
    if message.body is None:
        yield from _wrapped(f"  {_NOT_KEPT}", 2)
        return
    for line in _indented(message.body).splitlines():
        yield from _wrapped(f"  {line}", 2 + len(line) - len(line.lstrip()) + 4)


def _indented(body: str) -> str:
    """Return a document with an element a line, or as it is where it is none."""
    try:
        parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
        root = etree.fromstring(body.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return body
    etree.indent(root, " ")
    return etree.tostring(root, encoding="unicode")


def _labelled(lines: Mapping[str, str]) -> Iterator[str]:
    for label, value in lines.items():
        yield from _wrapped(f"{label:{_LABEL}}  {value}", _LABEL + 2)


def _wrapped(line: str, indent: int) -> list[str]:
    if not is_terminal():
        return [line]
    width = max(20, shutil.get_terminal_size().columns)
    wrapped = textwrap.wrap(
        line, width, subsequent_indent=" " * min(indent, width // 2), drop_whitespace=True, break_on_hyphens=False
    )
    return wrapped or [""]


def _size(measured: int, published: int | None) -> str:
    return f"{measured:,} bytes" + ("" if published is None else f" (published {published:,})")


def _fields(fields: Any) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in fields.items())


def _value(value: Any) -> str:
    return "nothing" if value is None else str(value)
