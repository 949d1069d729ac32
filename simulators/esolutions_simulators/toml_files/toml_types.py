"""Say what a msgspec Struct wants at each place of a file: in words, and which keys.

Of several tables that may stand at a place it is the one that the file's tag
names. No file is read here.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import inspect

__all__ = ["expected_at", "keys_at"]

_WORDS: dict[type, str] = {
    inspect.FloatType: "a number",
    inspect.StrType: "text in quotes",
    inspect.BoolType: "true or false",
    inspect.DateTimeType: "a date and time",
    inspect.StructType: "a table",
    inspect.DictType: "a table",
}


def expected_at(kind: Any, data: Any, place: Sequence[str | int]) -> str:
    """Return what may stand at ``place``, in words."""
    return _words(_type_at(inspect.type_info(kind), data, place))


def keys_at(kind: Any, data: Any, place: Sequence[str | int]) -> list[str]:
    """Return the keys that the table at ``place`` may have; none where there is no table."""
    found = _type_at(inspect.type_info(kind), data, place)
    for step in place:
        data = _step(data, step)
    table = _chosen(found, data)
    if not isinstance(table, inspect.StructType):
        return []
    return [*(field.encode_name for field in table.fields), *([table.tag_field] if table.tag_field else [])]


def _step(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _type_at(kind: inspect.Type, data: Any, place: Sequence[str | int]) -> inspect.Type:
    for step in place:
        kind = _inside(kind, data, step)
        data = _step(data, step)
    return kind


def _inside(kind: inspect.Type, data: Any, step: str | int) -> inspect.Type:
    """Return the type of what is inside a table or an array."""
    table = _chosen(kind, data)
    if isinstance(table, inspect.StructType):
        if step == table.tag_field:
            return inspect.LiteralType(tuple(_tags(kind)))
        return next((field.type for field in table.fields if field.encode_name == step), inspect.AnyType())
    if isinstance(table, inspect.VarTupleType | inspect.ListType):
        return table.item_type
    if isinstance(table, inspect.TupleType) and isinstance(step, int) and step < len(table.item_types):
        return table.item_types[step]
    return table.value_type if isinstance(table, inspect.DictType) else inspect.AnyType()


def _possible(kind: inspect.Type) -> list[inspect.Type]:
    """Return the types of a union, or the only one, without None: TOML has none."""
    if isinstance(kind, inspect.Metadata):
        return _possible(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [one for member in kind.types for one in _possible(member)]
    return [] if isinstance(kind, inspect.NoneType) else [kind]


def _tags(kind: inspect.Type) -> list[str]:
    return [str(one.tag) for one in _possible(kind) if isinstance(one, inspect.StructType)]


def _chosen(kind: inspect.Type, data: Any) -> inspect.Type:
    """Return the type that the data is meant to be of."""
    possible = _possible(kind) or [inspect.AnyType()]
    for one in possible:
        if isinstance(one, inspect.StructType) and one.tag_field and _step(data, one.tag_field) == one.tag:
            return one
    return possible[0]


def _words(kind: inspect.Type) -> str:
    """Return what a value of a type is called."""
    said = _said(kind)
    if said is not None:
        return said
    one = _chosen(kind, None)
    if isinstance(one, inspect.LiteralType):
        return "one of " + ", ".join(f'"{value}"' for value in sorted(map(str, one.values)))
    if isinstance(one, inspect.IntType):
        return f"a whole number{_range(one)}"
    if isinstance(one, inspect.VarTupleType | inspect.ListType):
        least = f"at least {one.min_length} " if one.min_length else ""
        return f"an array of {least}{_plural(one.item_type)}"
    if isinstance(one, inspect.TupleType):
        return f"an array of {len(one.item_types)}"
    return _WORDS.get(type(one), "something else")


def _said(kind: inspect.Type) -> str | None:
    """Return what a key says for itself that it expects."""
    if isinstance(kind, inspect.UnionType):
        return next(filter(None, map(_said, kind.types)), None)
    if not isinstance(kind, inspect.Metadata):
        return None
    own = (kind.extra or {}).get("expected")
    return _said(kind.type) if own is None else str(own)


def _range(one: inspect.IntType) -> str:
    if one.ge is None:
        return ""
    return f" from {one.ge} to {one.le}" if one.le is not None else f" from {one.ge} on"


def _plural(kind: inspect.Type) -> str:
    words = {inspect.StructType: "tables", inspect.StrType: "texts", inspect.IntType: "whole numbers"}
    return words.get(type(_chosen(kind, None)), "values")
