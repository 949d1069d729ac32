"""Compare what was ordered with what came: exactly the meters of the order answer it.

Values are not looked at: a meter that cannot be read is its name without one, and answers the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["OrderError", "check_ordered"]


class OrderError(ValueError):
    """An answer is not what was ordered; the message says which meter is at fault."""


def check_ordered(ordered: Collection[str], names: Sequence[str]) -> None:
    """Compare the names of an answer with those of its order.

    Raises:
        OrderError: a meter is missing, comes twice, or was not ordered.
    """
    missing = [name for name in ordered if name not in names]
    unordered = [name for name in names if name not in ordered]
    if not ordered:
        raise OrderError("no meter of this device is known, so none was ordered: register the device again")
    if missing:
        raise OrderError(f"{_listed(missing)} was ordered and is missing")
    if unordered:
        raise OrderError(f"{_listed(unordered)} was not ordered")
    if len(names) > len(ordered):
        raise OrderError(f"{next(name for name in names if names.count(name) > 1)} comes twice")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}, with {len(names) - 1} more,"
