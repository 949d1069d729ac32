"""How far a command of the server is at this client.

    open -> answering -> answered | held | refused

A command whose answer was given up is open again. Every command is answered once the server has forgotten it or its
period is billed; what becomes of an answer that was on its way then is kept all the same. One that the server repeats
begins anew, open or answering, whatever came of it before. The words stand in the store as they are here.
"""

from __future__ import annotations

from enum import StrEnum

from esolutions_client.states.transitions import Transitions

__all__ = ["COMMAND_BEGINNINGS", "COMMAND_TRANSITIONS", "CommandState"]


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


COMMAND_BEGINNINGS = frozenset({CommandState.OPEN, CommandState.ANSWERING})

COMMAND_TRANSITIONS = Transitions(
    {
        CommandState.OPEN: {CommandState.ANSWERING, CommandState.ANSWERED},
        CommandState.ANSWERING: {
            CommandState.OPEN, CommandState.ANSWERED, CommandState.HELD, CommandState.REFUSED,
        },
        # The server had forgotten it while its answer was on its way.
        CommandState.ANSWERED: {CommandState.OPEN, CommandState.HELD, CommandState.REFUSED},
        CommandState.HELD: {CommandState.ANSWERED},
        CommandState.REFUSED: {CommandState.ANSWERED},
    }
)  # fmt: skip
