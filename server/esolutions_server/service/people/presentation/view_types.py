"""The types of the views' values, for what writes views as JSON and what reads them back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from esolutions_server.domain.billing.commands import Action, CommandState, ValueOutcome
from esolutions_server.domain.devices.proxies import ProxyState
from esolutions_server.domain.devices.states import DeviceState

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ValueType", "types_of", "view_of"]

View = TypeVar("View")
# What views name in their annotations.
_NAMES: Mapping[str, object] = {
    "date": date,
    "datetime": datetime,
    "Action": Action,
    "CommandState": CommandState,
    "DeviceState": DeviceState,
    "ProxyState": ProxyState,
    "ValueOutcome": ValueOutcome,
}


class ValueType:
    """The type of one value of a view.

    Attributes:
        kind: str, int, bool, date, datetime, an enumeration, or the view that each of several is.
        is_optional: whether it can be None.
        is_many: whether it is a tuple of these.
        is_view: whether each is a view.
    """

    def __init__(self, hint: Any) -> None:
        choices = [choice for choice in get_args(hint) if choice not in (NoneType, Ellipsis)]
        self.is_many = getattr(hint, "__origin__", None) is tuple
        self.is_optional = NoneType in get_args(hint)
        self.kind: Any = choices[0] if choices else hint
        self.is_view: bool = is_dataclass(self.kind)


def types_of(view: type) -> dict[str, ValueType]:
    """Return the type of each value of a view, in order. Bounded by the values of one view."""
    hints = get_type_hints(view, localns=dict(_NAMES))
    return {field.name: ValueType(hints[field.name]) for field in fields(view)}


def view_of(view: type[View], document: Mapping[str, Any]) -> View:
    """Return the view that a JSON document shows."""
    return view(**{name: _value(kind, document[name]) for name, kind in types_of(view).items()})


def _value(of: ValueType, value: Any) -> Any:
    if value is None:
        return None
    if of.is_many:
        return tuple(view_of(of.kind, each) if of.is_view else each for each in value)
    if of.kind in (date, datetime):
        return of.kind.fromisoformat(value)
    return of.kind(value) if isinstance(of.kind, type) and issubclass(of.kind, StrEnum) else value
