"""The claimant registers printers that are in service elsewhere; one that left service he may register."""

from __future__ import annotations

from dataclasses import replace

from esolutions_scenarios.swarm.drawing import make_plan
from esolutions_scenarios.swarm.runs.run import simulate


def test_only_what_is_in_service_is_claimed() -> None:
    """A printer that was carried away belongs to its new client, with the counters it has there: no defect."""
    plan = make_plan(183, 60)
    needed = tuple(each for each in plan.mishaps if each.kind in {"printer-replaced", "people-look"})
    assert len(needed) >= 2
    assert not simulate(replace(plan, mishaps=needed))
