"""Take a command a step on in its life; which step is for the caller to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import CommandState, CommandStep, next_command_state
from esolutions_server.store.repositories import commands

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord

__all__ = ["take_command_step"]


def take_command_step(work: UnitOfWork, command: CommandRecord, step: CommandStep, **columns: Any) -> CommandState:
    """Write the state that a step leads to, with the columns that change along; return it.

    Raises:
        CommandStepError: the command cannot take this step.
    """
    state = next_command_state(CommandState(command.state), step)
    commands.set_values(work.connection, command.id, {"state": state.value, **columns})
    return state
