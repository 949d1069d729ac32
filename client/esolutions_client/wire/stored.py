"""Messages as JSON, for the outbox: what was composed survives a restart field by field."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from esolutions_client.wire import messages
from esolutions_client.wire.codec import OPERATIONS

__all__ = ["dump", "load"]

_BY_OPERATION = {operation: kind for kind, operation in OPERATIONS.items()}


def dump(request: messages.Request) -> str:
    """Return a message as JSON text."""
    return json.dumps(asdict(request), default=_spell, separators=(",", ":"))


def load(operation: str, text: str) -> messages.Request:
    """Return the message that `dump` wrote."""
    message = _build(_BY_OPERATION[operation], json.loads(text))
    assert isinstance(message, messages.Request)  # noqa: S101 - the table above holds nothing else
    return message


def _spell(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, vars(messages) | {"datetime": datetime, "time": time, "timedelta": timedelta})


def _build(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{field.name: _build(hints[field.name], value[field.name]) for field in fields(kind)})
    if get_origin(kind) is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in value)
    options = [option for option in get_args(kind) if option in _SPELLED]
    spelled = kind if kind in _SPELLED else options[0] if options else None
    return _SPELLED[spelled](value) if spelled else value


_SPELLED: dict[Any, Any] = {
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
}
