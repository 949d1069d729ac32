"""The injections: all that goes wrong in a run, by kind. Their order decides what a seed draws."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.injections import adversary, client_store, hardware, network, operators, recovery

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.injections.kind import Ending, Kind
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS", "begin"]

KINDS: dict[str, Kind] = {
    **network.KINDS,
    **adversary.KINDS,
    **hardware.KINDS,
    **operators.KINDS,
    **recovery.KINDS,
    **client_store.KINDS,
}


def begin(office: Office, kind: str, draw: int) -> Ending | None:
    """Let a mishap happen and return what ends it; one whose machine is off does not happen."""
    if KINDS[kind].needs_machine and not office.site.machine.is_on:
        return None
    return KINDS[kind].begin(office, Random(draw))  # noqa: S311 - a simulation must be repeatable
