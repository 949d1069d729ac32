"""What became different between two states, thing by thing and field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Change", "State", "changes_between"]

# By kind and name of a thing, such as ("device", "ABC123456"): its fields.
State = Mapping[tuple[str, str], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: of what, such as `device`.
        name: which one.
        field: what of it; None where the thing itself came or went.
        before: what it was: a value, or all fields that had one where the thing went; None where there was none.
        after: what it is, likewise.
    """

    kind: str
    name: str
    field: str | None
    before: object
    after: object


def changes_between(before: State, now: State) -> tuple[Change, ...]:
    """Return what is different now: things in the order of `now`, those that went at the end."""
    changes: list[Change] = []
    for (kind, name), fields in now.items():
        former = before.get((kind, name))
        if former is None:
            changes.append(Change(kind, name, None, None, _with_value(fields)))
            continue
        changes += [
            Change(kind, name, field, former.get(field), value)
            for field, value in fields.items()
            if former.get(field) != value
        ]
    gone = [key for key in before if key not in now]
    return (*changes, *(Change(kind, name, None, _with_value(before[kind, name]), None) for kind, name in gone))


def _with_value(fields: Mapping[str, object]) -> dict[str, object]:
    return {field: value for field, value in fields.items() if value is not None}
