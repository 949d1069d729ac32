"""How far a wish is: what a person asked for while another program of this client was at work.

    asked -> taken -> done

A wish is taken in a commit of its own, and again by the next program where the first one died. The words stand in the
store as they are here.
"""

from __future__ import annotations

from enum import StrEnum

from esolutions_client.states.transitions import Transitions

__all__ = ["WISH_TRANSITIONS", "WishState"]


class WishState(StrEnum):
    """Whether a wish has an outcome."""

    ASKED = "asked"
    """No program has taken it."""
    TAKEN = "taken"
    """A program has begun to fulfil it."""
    DONE = "done"
    """Its outcome is kept."""


WISH_TRANSITIONS = Transitions(
    {
        WishState.ASKED: {WishState.TAKEN},
        WishState.TAKEN: {WishState.DONE},
        WishState.DONE: set(),
    }
)
