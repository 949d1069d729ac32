"""How far a message is that this client has composed.

    waiting -> acknowledged | rejected

An acknowledged message waits again where it is offered to a server that was restored. The words stand in the store as
they are here.
"""

from __future__ import annotations

from enum import StrEnum

from esolutions_client.states.transitions import Transitions

__all__ = ["MESSAGE_TRANSITIONS", "MessageState"]


class MessageState(StrEnum):
    """Whether a message has to be sent."""

    WAITING = "waiting"
    """It is sent, and sent again, until its receipt is kept."""
    ACKNOWLEDGED = "acknowledged"
    """The server has it."""
    REJECTED = "rejected"
    """It is not sent any more: the server will never take it, or its readings may bear a wrong date."""


MESSAGE_TRANSITIONS = Transitions(
    {
        MessageState.WAITING: {MessageState.ACKNOWLEDGED, MessageState.REJECTED},
        MessageState.ACKNOWLEDGED: {MessageState.WAITING},
        MessageState.REJECTED: set(),
    }
)
