"""What stands in the place of a safety mechanism while it is sabotaged.

Each function has the shape of the one it replaces and leaves out the one thing
that the mechanism is for. Nothing outside `sabotages` uses them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["nothing"]


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""
