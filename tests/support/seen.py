"""A check that goes through what was found, and proves that something was."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


def some(things: Iterable[T]) -> list[T]:
    """Return the things, after making sure that there is at least one: nothing is true of all of none."""
    found = list(things)
    assert found, "there is nothing to check"
    return found
