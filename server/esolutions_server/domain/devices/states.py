"""The life of a device at the server, as a table.

    registered -> detected -> signed up -> activating -> active -> replaced | retired

A device is *detected* once the hour is over, the administrative systems know
it and it is assigned to the person who looks. When a step is
taken is decided elsewhere; the table says which steps exist.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LIVING_STATES", "DeviceState", "Step", "StepError", "next_state", "way_to"]


class DeviceState(StrEnum):
    """Where a device is in its life."""

    REGISTERED = "registered"
    DETECTED = "detected"
    SIGNED_UP = "signed up"
    ACTIVATING = "activating"
    ACTIVE = "active"
    REPLACED = "replaced"
    RETIRED = "retired"


class Step(StrEnum):
    """What can happen to a device."""

    REGISTER = "register"
    DETECT = "detect"
    SIGN_UP = "sign up"
    COMMAND = "command"
    ACTIVATE = "activate"
    DECLINE = "decline"
    CANCEL = "cancel"
    MOVE = "move"
    REPLACE = "replace"
    RETIRE = "retire"


class StepError(ValueError):
    """A device cannot take this step from where it is."""


_S = DeviceState
LIVING_STATES = (_S.REGISTERED, _S.DETECTED, _S.SIGNED_UP, _S.ACTIVATING, _S.ACTIVE)

_TABLE: dict[Step, dict[DeviceState, DeviceState]] = {
    Step.REGISTER: {state: state for state in LIVING_STATES} | {_S.REPLACED: _S.REGISTERED, _S.RETIRED: _S.REGISTERED},
    Step.DETECT: {_S.REGISTERED: _S.DETECTED},
    Step.SIGN_UP: {_S.DETECTED: _S.SIGNED_UP},
    Step.COMMAND: {_S.SIGNED_UP: _S.ACTIVATING},
    Step.ACTIVATE: {_S.ACTIVATING: _S.ACTIVE},
    Step.DECLINE: {_S.ACTIVATING: _S.REGISTERED},
    Step.CANCEL: dict.fromkeys((_S.DETECTED, _S.SIGNED_UP, _S.ACTIVATING, _S.ACTIVE), _S.REGISTERED),
    # Another proxy has to be told to turn on a device that was already signed up.
    Step.MOVE: {_S.REGISTERED: _S.REGISTERED, _S.DETECTED: _S.DETECTED}
    | dict.fromkeys((_S.SIGNED_UP, _S.ACTIVATING, _S.ACTIVE), _S.SIGNED_UP),
    Step.REPLACE: dict.fromkeys(LIVING_STATES, _S.REPLACED),
    Step.RETIRE: dict.fromkeys(LIVING_STATES, _S.RETIRED),
}


def next_state(state: DeviceState, step: Step) -> DeviceState:
    """Return the state in which `step` leaves a device that is in `state`.

    Raises:
        StepError: the table has no such step from there.
    """
    try:
        return _TABLE[step][state]
    except KeyError:
        raise StepError(f"a device that is {state} cannot {step}") from None


def way_to(state: DeviceState, target: DeviceState, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the shortest way from one state to another by some of the steps; of several, that of the first steps.

    Raises:
        StepError: none of them leads there.
    """
    ways: dict[DeviceState, tuple[Step, ...]] = {state: ()}
    waiting = deque([state])
    while waiting and target not in ways:
        at = waiting.popleft()
        for step in steps:
            reached = _TABLE[step].get(at)
            if reached is not None and reached not in ways:
                ways[reached] = (*ways[at], step)
                waiting.append(reached)
    if target not in ways:
        raise StepError(f"a device that is {state} does not become {target}")
    return ways[target]
