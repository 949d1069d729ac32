"""A table of transitions: which state may follow which, and the error where another one would.

The table decides and keeps nothing. What sets a state asks it first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from esolutions_client.errors import TransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

__all__ = ["Transitions"]

State = TypeVar("State", bound=str)


class Transitions(Generic[State]):
    """The states that may follow each state; staying in a state is no transition and always possible."""

    __slots__ = ("_following",)

    def __init__(self, following: Mapping[State, Set[State]]) -> None:
        self._following = {state: frozenset(states) for state, states in following.items()}

    def allows(self, state: State, following: State) -> bool:
        """Whether the table has a transition from one state to another."""
        return following in self._following[state]

    def check(self, what: str, state: State, following: State) -> None:
        """Refuse what is no transition of the table.

        Args:
            what: whose state it is, for the message.
            state: the state it is in.
            following: the state it is to be in.

        Raises:
            TransitionError: the table has no such transition.
        """
        if state != following and not self.allows(state, following):
            raise TransitionError(f"{what} is {state} and cannot become {following}")
