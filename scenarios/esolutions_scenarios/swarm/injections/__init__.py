"""Everything that goes wrong in a life, by kind."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.injections import adversary, hardware, losses, network, operators, store

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.injections.kind import Ending, Kind
    from esolutions_scenarios.swarm.run import Run

__all__ = ["KINDS", "begin"]

KINDS: dict[str, Kind] = {
    **network.KINDS,
    **adversary.KINDS,
    **hardware.KINDS,
    **operators.KINDS,
    **losses.KINDS,
    **store.KINDS,
}


def begin(life: Run, kind: str, draw: int) -> Ending | None:
    """Let a mishap happen and return what ends it; one whose machine is off does not happen."""
    if KINDS[kind].needs_machine and not life.machine.is_on:
        return None
    return KINDS[kind].begin(life, Random(draw))  # noqa: S311 - a simulation must be repeatable
