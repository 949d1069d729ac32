"""What stands in the place of a safety mechanism while it is sabotaged.

Each function has the shape of the one it replaces and leaves out the one thing
that the mechanism is for. Nothing outside `sabotages` uses them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["as_it_is", "nothing"]


def as_it_is(text: str) -> str:
    """Return a text as it is."""
    return text


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""
