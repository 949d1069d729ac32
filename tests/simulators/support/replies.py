"""What an agent replied, where a test needs a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def replied(rows: Sequence[T] | None) -> Sequence[T]:
    """Return the rows of a reply, after making sure that there was one."""
    assert rows is not None
    return rows
