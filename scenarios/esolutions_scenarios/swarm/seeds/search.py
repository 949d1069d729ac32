"""Search seeds for one whose run loses something.

Seeds are independent, so they are run on as many processors as one likes. A
failure is reported with the one command that runs it again, and shrunk to the
fewest mishaps that still cause it.
"""

from __future__ import annotations

from concurrent.futures import as_completed
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esolutions_client import __version__
from esolutions_scenarios.processes.pool import open_pool
from esolutions_scenarios.swarm.drawing import make_plan
from esolutions_scenarios.swarm.runs.run import Violation, simulate
from esolutions_scenarios.swarm.sabotage.catalogue import sabotage
from esolutions_scenarios.swarm.seeds.shrinking import shrink

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from esolutions_scenarios.swarm.plan import RunPlan

__all__ = ["Finding", "SearchResult", "search"]

# Seeds a process runs before it reports: enough that handing them out costs nothing.
_SEEDS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A seed whose run lost something, and the fewest mishaps that do it."""

    seed: int
    days: int
    sabotage: str | None
    violations: tuple[Violation, ...]
    mishaps: tuple[str, ...] = ()

    @property
    def replay(self) -> str:
        """The command that runs it again."""
        sabotaged = f" --sabotage {self.sabotage}" if self.sabotage else ""
        return f"esolutions-scenarios swarm --seeds 1 --first-seed {self.seed} --days {self.days}{sabotaged}"

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `swarm --json` prints it."""
        first = self.violations[0]
        return {
            "seed": self.seed,
            "invariant": first.invariant,
            "at": first.at,
            "text": first.text,
            "replay": self.replay,
            "version": __version__,
            "mishaps": list(self.mishaps),
        }


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found."""

    seeds: int
    first_seed: int
    days: int
    findings: tuple[Finding, ...] = field(default=())
    device_days: int = 0


def search(
    seeds: int,
    *,
    first_seed: int = 1,
    days: int = 60,
    jobs: int = 1,
    sabotage_name: str | None = None,
    stop_at_first: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Run `seeds` plans and return those that lost something.

    Args:
        seeds: how many.
        first_seed: the first of them; the others follow.
        days: how long mishaps happen, before the calm.
        jobs: how many processes run at the same time.
        sabotage_name: a safety mechanism to switch off.
        stop_at_first: end with the first seed that lost something.
        on_progress: called with the numbers of runs and of findings.
    """
    findings: list[Finding] = []
    finished = device_days = 0
    # Closed here, so that an interruption stops the processes at once.
    with closing(_runs(range(first_seed, first_seed + seeds), days, jobs, sabotage_name)) as runs:
        for seed, plan, violations in runs:
            finished += 1
            device_days += len(plan.printers) * days
            if violations:
                with _switched_off(sabotage_name):
                    mishaps = shrink(plan, violations[0].invariant)
                findings.append(Finding(seed, days, sabotage_name, tuple(violations), tuple(map(str, mishaps))))
            if on_progress is not None:
                on_progress(finished, len(findings))
            if violations and stop_at_first:
                break
    findings.sort(key=lambda finding: finding.seed)
    return SearchResult(finished, first_seed, days, tuple(findings), device_days)


def _runs(
    seeds: range, days: int, jobs: int, sabotage_name: str | None
) -> Generator[tuple[int, RunPlan, list[Violation]], None, None]:
    if jobs <= 1:
        for seed in seeds:
            yield from _run_some([seed], days, sabotage_name)
        return
    groups = [list(seeds[start : start + _SEEDS_AT_ONCE]) for start in range(0, len(seeds), _SEEDS_AT_ONCE)]
    with open_pool(jobs) as pool:
        waiting = [pool.submit(_run_some, group, days, sabotage_name) for group in groups]
        for future in as_completed(waiting):
            yield from future.result()


def _run_some(seeds: list[int], days: int, sabotage_name: str | None) -> list[tuple[int, RunPlan, list[Violation]]]:
    results = []
    with _switched_off(sabotage_name):
        for seed in seeds:
            plan = make_plan(seed, days)
            results.append((seed, plan, simulate(plan)))
    return results


def _switched_off(name: str | None) -> Any:
    return sabotage(name) if name else nullcontext()
