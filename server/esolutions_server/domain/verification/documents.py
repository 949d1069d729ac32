"""Write expectations as plain values, and read them: how they cross to a testbed in another process.

An expectation is an object with its `kind` (order, count, rate, interval, follows) and the fields of that kind;
spans are whole seconds, under names that end in `_seconds`.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from esolutions_server.domain.verification.events import Matcher
from esolutions_server.domain.verification.expectations import Count, Interval, Order, Per, Rate
from esolutions_server.domain.verification.follows import Expectation, Follows

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "VerificationError", "document_of", "expectation_of"]

KINDS: Mapping[str, type[Expectation]] = {
    "order": Order, "count": Count, "rate": Rate, "interval": Interval, "follows": Follows,
}  # fmt: skip
# By the Python name of a field: its name in a document, where that is another one.
_NAMES = {"matcher": "message", "matchers": "messages"}
_SPANS = {"within", "not_before"}
_LONGEST_SPAN = 400 * 366 * 86_400


class VerificationError(ValueError):
    """A document is no expectation; the text says what is wrong with which key."""


def document_of(expectation: Expectation) -> dict[str, Any]:
    """Return an expectation as plain values; what is as by default is left out."""
    kind = next(name for name, type_ in KINDS.items() if type_ is type(expectation))
    document: dict[str, Any] = {"kind": kind}
    for field in fields(expectation):
        value = getattr(expectation, field.name)
        if value == field.default:
            continue
        name = _NAMES.get(field.name, field.name)
        if isinstance(value, timedelta):
            document[f"{name}_seconds"] = int(value.total_seconds())
        elif isinstance(value, Matcher):
            document[name] = _matcher_document(value)
        elif isinstance(value, tuple):
            document[name] = [_matcher_document(matcher) for matcher in value]
        else:
            document[name] = value
    return document


def expectation_of(document: Mapping[str, Any]) -> Expectation:
    """Return the expectation that plain values describe.

    Raises:
        VerificationError: they describe none.
    """
    kind = document.get("kind")
    type_ = KINDS.get(kind) if isinstance(kind, str) else None
    if type_ is None:
        raise VerificationError(f"kind: one of {', '.join(KINDS)}")
    read = {name: value for name, value in document.items() if name != "kind"}
    values: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for field in fields(type_):
        name = _NAMES.get(field.name, field.name)
        is_span = field.name in _SPANS or (type_ is Interval and field.name in {"at_least", "at_most"})
        key = f"{name}_seconds" if is_span else name
        keys[field.name] = key
        if key in read:
            values[field.name] = _read(field.name, key, read.pop(key), is_span=is_span)
    if read:
        raise VerificationError(f"{next(iter(read))}: {kind} has no such key")
    return _made(kind, type_, values, keys)


def _made(kind: Any, type_: type[Expectation], values: dict[str, Any], keys: dict[str, str]) -> Expectation:
    for field in fields(type_):
        if field.name not in values and field.default is MISSING:
            raise VerificationError(f"{keys[field.name]}: {kind} has to have it")
    made = type_(**values)
    if isinstance(made, Count) and made.at_least is None and made.at_most is None:
        raise VerificationError("at_least: a count has at_least, at_most or both")
    return made


def _read(field: str, key: str, value: Any, *, is_span: bool) -> Any:
    if is_span:
        return timedelta(seconds=_number(key, value, _LONGEST_SPAN))
    if field in {"at_least", "at_most"}:
        return _number(key, value, 1_000_000_000)
    if field == "then_never":
        if not isinstance(value, bool):
            raise VerificationError(f"{key}: true or false")
        return value
    if field == "per":
        if value not in get_args(Per):
            raise VerificationError(f"{key}: one of {', '.join(get_args(Per))}")
        return value
    if field == "matchers":
        if not isinstance(value, list) or not value:
            raise VerificationError(f"{key}: a list of at least one message")
        return tuple(_matcher(f"{key}[{at}]", one) for at, one in enumerate(value))
    return _matcher(key, value)


def _number(key: str, value: Any, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise VerificationError(f"{key}: a whole number from 0 to {most}")
    return value


def _matcher(key: str, value: Any) -> Matcher:
    names = {field.name for field in fields(Matcher)}
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise VerificationError(f"{key}: an object with a name, such as SyncProxy or TurnOn")
    for name, content in value.items():
        if name not in names or not isinstance(content, str):
            raise VerificationError(f"{key}.{name}: texts under {', '.join(sorted(names))}")
    return Matcher(**value)


def _matcher_document(matcher: Matcher) -> dict[str, str]:
    values = {field.name: getattr(matcher, field.name) for field in fields(matcher)}
    return {name: value for name, value in values.items() if value is not None}
