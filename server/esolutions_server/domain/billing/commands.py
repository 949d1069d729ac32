"""The life of a command to a proxy, as a table, and the words for what comes of it.

    open -> answered | held | declined | cancelled
    held -> answered | rejected

A restored server may have cancelled what it had forgotten to be answered: what
a proxy offers it again answers a cancelled request, too. When a step is taken
is decided elsewhere.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "Action",
    "CommandState",
    "CommandStep",
    "CommandStepError",
    "Outcome",
    "ServiceState",
    "ValueOutcome",
    "next_command_state",
]


class Action(StrEnum):
    """What a command asks of a proxy, in the words of the wire."""

    TURN_ON = "TurnOn"
    REPORT = "Report"


class CommandState(StrEnum):
    """Where a command is in its life."""

    OPEN = "open"
    ANSWERED = "answered"
    HELD = "held"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class CommandStep(StrEnum):
    """What can happen to a command."""

    ANSWER = "be answered"
    HOLD = "be held"
    DECLINE = "be declined"
    CANCEL = "be cancelled"
    REJECT = "be rejected"


class ServiceState(StrEnum):
    """What a client says of a device, in the words of the wire."""

    ACTIVE = "Active"
    REFUSED = "Refused"
    REPLACED = "Replaced"
    RETIRED = "Retired"
    UNKNOWN = "Unknown"


class Outcome(StrEnum):
    """What the server made of one device of a message, in the words of the wire."""

    ACCEPTED = "Accepted"
    HELD = "Held"
    REFUSED = "Refused"


class ValueOutcome(StrEnum):
    """What became of one value of a reading; one that is held becomes any of the others, which are final.

    Unread is a meter that could not be read, rejected what a person did not bill, covered what a later reading billed.
    """

    ACCEPTED = "Accepted"
    HELD = "Held"
    UNREAD = "Unread"
    REJECTED = "Rejected"
    COVERED = "Covered"


class CommandStepError(ValueError):
    """A command cannot take this step from where it is."""


_S = CommandState
_TABLE: dict[CommandStep, dict[CommandState, CommandState]] = {
    # A held one by a person who accepts it, a cancelled one by a reading that is offered again.
    CommandStep.ANSWER: dict.fromkeys((_S.OPEN, _S.HELD, _S.CANCELLED), _S.ANSWERED),
    CommandStep.HOLD: dict.fromkeys((_S.OPEN, _S.CANCELLED), _S.HELD),
    CommandStep.DECLINE: {_S.OPEN: _S.DECLINED},
    CommandStep.CANCEL: {_S.OPEN: _S.CANCELLED},
    CommandStep.REJECT: {_S.HELD: _S.REJECTED},
}


def next_command_state(state: CommandState, step: CommandStep) -> CommandState:
    """Return the state in which `step` leaves a command that is in `state`.

    Raises:
        CommandStepError: the table has no such step from there.
    """
    try:
        return _TABLE[step][state]
    except KeyError:
        raise CommandStepError(f"a command that is {state} cannot {step}") from None
