"""Everything that goes wrong in a life, by kind."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.mishaps import doings, losses, meddling, store, things, ways

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.life import Life
    from esolutions_scenarios.swarm.mishaps.kind import Ending, Kind

__all__ = ["KINDS", "begin"]

KINDS: dict[str, Kind] = {**ways.KINDS, **meddling.KINDS, **things.KINDS, **doings.KINDS, **losses.KINDS, **store.KINDS}


def begin(life: Life, kind: str, draw: int) -> Ending | None:
    """Let a mishap happen and return what ends it; one whose machine is off does not happen."""
    if KINDS[kind].needs_machine and not life.machine.is_on:
        return None
    return KINDS[kind].begin(life, Random(draw))  # noqa: S311 - a simulation must be repeatable
