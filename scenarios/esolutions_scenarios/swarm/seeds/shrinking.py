"""Shrink a plan that loses something to the fewest mishaps that still cause it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.runs.run import simulate

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.plan import Mishap, RunPlan

__all__ = ["shrink"]


def shrink(plan: RunPlan, invariant: str) -> tuple[Mishap, ...]:
    """Return the fewest mishaps found with which this run still violates the invariant.

    Delta debugging: leave out halves, then quarters, and so on, as long as the violation stays.
    """
    mishaps = plan.mishaps
    part = max(len(mishaps) // 2, 1)
    while mishaps:
        for start in range(0, len(mishaps), part):
            fewer = mishaps[:start] + mishaps[start + part :]
            if any(found.invariant == invariant for found in simulate(plan.with_mishaps(fewer))):
                mishaps = fewer
                part = min(part, max(len(mishaps) // 2, 1))
                break
        else:
            if part == 1:
                break
            part = max(part // 2, 1)
    return mishaps
