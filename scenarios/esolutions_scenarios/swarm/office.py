"""The office of a run: its site, the people who look after it, and its attacker. It is what an injection acts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.people import People
    from esolutions_scenarios.swarm.site import Site
    from esolutions_scenarios.swarm.strangers.attacker import Attacker

__all__ = ["Office"]


@dataclass(frozen=True, slots=True)
class Office:
    """One office."""

    site: Site
    people: People
    attacker: Attacker
