"""What a fault of a thing returns: what puts an end to it."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Ending", "nothing_to_end"]

Ending = Callable[[], None]


def nothing_to_end() -> None:
    """End what has ended by itself, or stays."""
