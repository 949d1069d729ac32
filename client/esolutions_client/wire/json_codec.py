"""Messages as JSON, for the outbox: what was composed survives a restart field by field."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from esolutions_client.wire import messages
from esolutions_client.wire.codec import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["dump", "load"]

_BY_OPERATION = {operation: kind for kind, operation in OPERATIONS.items()}
_SPELLED: dict[Any, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
}


def dump(request: messages.Request) -> str:
    """Return a message as JSON text."""
    return json.dumps(request, default=_spell, separators=(",", ":"))


def load(operation: str, text: str) -> messages.Request:
    """Return the message that `dump` wrote."""
    kind: Any = _BY_OPERATION[operation]
    read = _reader(kind)
    assert read is not None  # noqa: S101 - the table above holds messages only
    message = read(json.loads(text))
    assert isinstance(message, messages.Request)  # noqa: S101 - the same
    return message


def _spell(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime | time):
        return value.isoformat()
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of this type from its JSON; None where JSON has the type itself."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind, vars(messages) | {each.__name__: each for each in _SPELLED})
        parts = [(field.name, _reader(hints[field.name]), field.default) for field in fields(kind)]

        def build(value: dict[str, Any]) -> Any:
            # A message that an older version queued lacks what was added since: it has the default.
            values = [
                default if default is not MISSING and name not in value else read(value[name]) if read else value[name]
                for name, read, default in parts
            ]
            return kind(*values)

        return build
    if get_origin(kind) is tuple:
        read_item = _reader(get_args(kind)[0])
        return tuple if read_item is None else lambda value: tuple(map(read_item, value))
    if kind in _SPELLED:
        return _SPELLED[kind]
    options = [read for option in get_args(kind) if (read := _reader(option)) is not None]
    if not options:
        return None
    (read,) = options  # a type or nothing
    return lambda value: None if value is None else read(value)
