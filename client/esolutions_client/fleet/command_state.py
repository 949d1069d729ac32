"""How far a command of the server is at this client.

    open -> answering -> answered | held | refused

A command that is repeated, or whose answer was given up, is open again. The words stand in the store as they are here.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CommandState"]


class CommandState(StrEnum):
    """What became of a command."""

    OPEN = "open"
    """It waits for its reading."""
    ANSWERING = "answering"
    """Its answer is on its way."""
    ANSWERED = "answered"
    """The server has accepted the answer, or has forgotten the command."""
    HELD = "held"
    """The server holds the answer for a person to look at."""
    REFUSED = "refused"
    """The server has refused the answer, and may ask again."""
