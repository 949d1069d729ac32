"""Commands that prove: swarm, sabotages, bench."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import Annotated

import typer

from esolutions_client.cli.console.output import is_terminal, print_document, print_json, say
from esolutions_scenarios.cli.output import Json  # noqa: TC001 - typer reads the annotations when it runs
from esolutions_scenarios.progress import CountProgress
from esolutions_scenarios.stories.registry import StoryError

__all__ = ["bench", "sabotages", "swarm"]


def swarm(
    context: typer.Context,
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many lives to live.")] = 100,
    first_seed: Annotated[int, typer.Option(min=0)] = 1,
    days: Annotated[int, typer.Option(min=3, help="Virtual days of mishaps, before the calm.")] = 60,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    sabotage: Annotated[str | None, typer.Option(help="Switch one safety mechanism off.")] = None,
    json: Json = False,
) -> None:
    """Live random lives and hunt for anything lost; exit code 1 where something is found."""
    from esolutions_scenarios.swarm.sabotage.catalogue import SABOTAGES
    from esolutions_scenarios.swarm.seeds.search import search

    if sabotage is not None and sabotage not in SABOTAGES:
        raise StoryError(f"there is no sabotage {sabotage!r}; there are: {', '.join(sorted(SABOTAGES))}")
    stopwatch = context.obj
    started = stopwatch()
    with CountProgress(seeds, "lives", stopwatch) as progress:
        found = search(
            seeds,
            first_seed=first_seed,
            days=days,
            jobs=jobs,
            sabotage_name=sabotage,
            stop_at_first=sabotage is not None,
            on_progress=lambda lived, lost: progress.show(lived, f"{lost} lost something"),
        )
    seconds = round(stopwatch() - started, 3)
    violations = [finding.as_json() for finding in found.findings]
    if json:
        print_json(
            {
                "seeds": found.seeds,
                "first_seed": found.first_seed,
                "days": found.days,
                "violations": violations,
                "device_days": found.device_days,
                "seconds": seconds,
            }
        )
    else:
        for violation in violations:
            say(f"seed {violation['seed']}: {violation['invariant']} at {violation['at']}")
            say(f"  {violation['text']}")
            say(f"  needs: {'; '.join(violation['mishaps']) or 'no mishap'}")
            say(f"  replay with version {violation['version']}: {violation['replay']}")
        say(
            f"{found.seeds} lives of {found.days} days, {found.device_days:,} device-days in {seconds:.1f} s:"
            f" {len(violations)} lost something"
        )
    if violations:
        raise typer.Exit(1)


def sabotages(*, json: Json = False) -> None:
    """List the safety mechanisms that `swarm --sabotage` can switch off."""
    from esolutions_scenarios.swarm.sabotage.catalogue import SABOTAGES

    if json:
        print_json({"sabotages": sorted(SABOTAGES)})
    else:
        for name in sorted(SABOTAGES):
            say(name)


def bench(
    context: typer.Context,
    *,
    only: Annotated[str | None, typer.Option(help="Measure one thing: sizes, memory, worlds, polls, ...")] = None,
    profile: Annotated[bool, typer.Option(help="Show where the memory world spends its time.")] = False,
    json: Json = False,
) -> None:
    """Measure the budgets, all in one run, as ratios: at most 1 is within the budget."""
    from esolutions_scenarios.bench import run as running

    if profile:
        print_document(running.profile())
        return
    figures = []
    for figure in running.measure(only, context.obj):
        figures.append(figure.as_json())
        if not json:
            for line in figure.in_lines(get_terminal_size().columns if is_terminal() else None):
                say(line)
    if json:
        print_json({"figures": figures})
    else:
        say("`bench --profile` shows where the memory world spends its time")
