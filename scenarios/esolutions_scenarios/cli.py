"""The command line of the scenarios: list, run, sizes, demo."""

from __future__ import annotations

import json as jsonlib
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from esolutions_scenarios.progress import CountProgress, Progress
from esolutions_scenarios.stories.registry import StoryError, load_story, story_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esolutions_scenarios.report import Observed
    from esolutions_scenarios.runner import Result
    from esolutions_scenarios.sizes import Measured

__all__ = ["run_command_line"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_World = Annotated[str, typer.Option(help="memory or wire.")]
_DEFAULT_SIZES = "0,1,10,100,1000"


def run_command_line(arguments: Sequence[str], *, stopwatch: Callable[[], float]) -> int:
    """Run one command and return its exit code."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for command in (list_stories, run, sizes, demo, swarm, sabotages, bench):
        app.command("list" if command is list_stories else command.__name__)(command)

    @app.callback()
    def begin(context: typer.Context) -> None:
        """Run stories of clients, a server and printers, and check what came of them."""
        context.obj = stopwatch

    try:
        code = app(list(arguments), prog_name="esolutions-scenarios", standalone_mode=False)
    except StoryError as error:
        sys.stderr.write(f"esolutions-scenarios: {error}\n")
        return 2
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        error.show()
        return int(error.exit_code)
    return code if isinstance(code, int) else 0


def list_stories(*, json: _Json = False) -> None:
    """List the stories with what each promises."""
    stories = [load_story(name) for name in story_names()]
    if json:
        _print_json({"stories": [story.as_json() for story in stories]})
        return
    _print_table(
        ["STORY", "PROMISE", "WORLDS"], [(story.name, story.promise, ", ".join(story.worlds)) for story in stories]
    )


def run(
    context: typer.Context,
    story: str,
    *,
    world: _World = "memory",
    seed: Annotated[int, typer.Option(help="Makes the fleet, its usage and all ids.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Write a self-contained HTML page.")] = None,
    json: _Json = False,
) -> None:
    """Run one story; the exit code is 1 where a check fails."""
    from esolutions_scenarios.report import observe, render_page
    from esolutions_scenarios.runner import run_story

    chosen = load_story(story)
    observed: list[Observed] = []
    look = None if report is None else (lambda testbed: observed.append(observe(testbed)))
    with Progress(chosen.name, context.obj) as progress:
        result = run_story(chosen, _world(world), seed=seed, on_step=progress.step, look=look)
    if report is not None:
        _write_report(report, render_page(result, observed[0]))
    if json:
        _print_json(result.as_json())
    else:
        show(result)
    if not result.passed:
        raise typer.Exit(1)


def sizes(
    context: typer.Context,
    *,
    devices: Annotated[str, typer.Option(help="Numbers of devices, with commas; a range is 1-1000.")] = _DEFAULT_SIZES,
    world: _World = "memory",
    json: _Json = False,
) -> None:
    """Measure the size of every published message with the nominal fleet; exit code 1 where one is off."""
    from esolutions_scenarios.sizes import measure

    counts = _numbers(devices)
    progress = CountProgress(sum(counts), "devices", context.obj)
    rows: list[Measured] = []
    for number, count in enumerate(counts, start=1):
        rows += measure(count, _world(world))
        progress.show(sum(counts[:number]))
    if json:
        _print_json({"rows": [row.as_json() for row in rows]})
    else:
        _print_table(
            ["MESSAGE", "DEVICES", "PUBLISHED", "MEASURED", "OFF"],
            [(row.message, row.devices, row.published, row.measured, row.measured - row.published) for row in rows],
        )
    if any(row.measured != row.published for row in rows):
        raise typer.Exit(1)


def demo(
    context: typer.Context,
    *,
    story: Annotated[str, typer.Option(help="Which story to show.")] = "first_year",
    world: _World = "wire",
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Show a whole year: printers on UDP, a server on HTTPS, a client between them."""
    from esolutions_scenarios.demo import show_summary
    from esolutions_scenarios.runner import run_story

    chosen = load_story(story)
    console = Console()
    console.print(f"[bold]{chosen.promise}[/bold]\n\n{chosen.prose}\n", highlight=False)
    with Progress(chosen.name, context.obj, log_every_seconds=5.0) as progress:
        result = run_story(
            chosen, _world(world), seed=seed, on_step=progress.step, look=lambda testbed: show_summary(console, testbed)
        )
    show(result)
    if not result.passed:
        raise typer.Exit(1)


def swarm(
    context: typer.Context,
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many lives to live.")] = 100,
    first_seed: Annotated[int, typer.Option(min=0)] = 1,
    days: Annotated[int, typer.Option(min=3, help="Virtual days of mishaps, before the calm.")] = 60,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    sabotage: Annotated[str | None, typer.Option(help="Switch one safety mechanism off.")] = None,
    json: _Json = False,
) -> None:
    """Live random lives and hunt for anything lost; exit code 1 where something is found."""
    from esolutions_scenarios.swarm.hunt import hunt
    from esolutions_scenarios.swarm.sabotages import SABOTAGES

    if sabotage is not None and sabotage not in SABOTAGES:
        raise StoryError(f"there is no sabotage {sabotage!r}; there are: {', '.join(sorted(SABOTAGES))}")
    stopwatch = context.obj
    started = stopwatch()
    progress = CountProgress(seeds, "lives", stopwatch)
    found = hunt(
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
        _print_json(
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
            sys.stdout.write(f"seed {violation['seed']}: {violation['invariant']} at {violation['at']}\n")
            sys.stdout.write(f"  {violation['text']}\n  needs: {'; '.join(violation['mishaps']) or 'no mishap'}\n")
            sys.stdout.write(f"  replay with version {violation['version']}: {violation['replay']}\n")
        sys.stdout.write(
            f"{found.seeds} lives of {found.days} days, {found.device_days:,} device-days in {seconds:.1f} s:"
            f" {len(violations)} lost something\n"
        )
    if violations:
        raise typer.Exit(1)


def sabotages(*, json: _Json = False) -> None:
    """List the safety mechanisms that `swarm --sabotage` can switch off."""
    from esolutions_scenarios.swarm.sabotages import SABOTAGES

    if json:
        _print_json({"sabotages": sorted(SABOTAGES)})
    else:
        sys.stdout.write("\n".join(sorted(SABOTAGES)) + "\n")


def bench(
    context: typer.Context,
    *,
    only: Annotated[str | None, typer.Option(help="Measure one thing: sizes, memory, worlds, polls, ...")] = None,
    profile: Annotated[bool, typer.Option(help="Show where the memory world spends its time.")] = False,
    json: _Json = False,
) -> None:
    """Measure the budgets, all in one run, as ratios: at most 1 is within the budget."""
    from esolutions_scenarios.bench import run as running

    if profile:
        sys.stdout.write(running.profile())
        return
    figures = []
    for figure in running.measure(only, context.obj):
        figures.append(figure.as_json())
        if not json:
            ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} of the budget of {figure.budget:g}"
            sys.stdout.write(f"{figure.name:57} {figure.measured:10.2f} {figure.unit:10} {ratio} {figure.note}\n")
            sys.stdout.flush()
    if json:
        _print_json({"figures": figures})
    else:
        sys.stdout.write("`esolutions-scenarios bench --profile` shows where the memory world spends its time\n")


def show(result: Result) -> None:
    """Print the checks of a run, and whether it passed."""
    _print_table(
        ["CHECK", "", "VIOLATIONS"],
        [
            (verdict.promise, "ok" if verdict.passed else "FAILED", "; ".join(verdict.violations))
            for verdict in result.verdicts
        ],
    )
    exchanges = sum(1 for entry in result.transcript if "bytes_sent" in entry.detail)
    outcome = "passed" if result.passed else "FAILED"
    sys.stdout.write(
        f"{result.story.name} in the {result.world} world, seed {result.seed}: {exchanges} exchanges, {outcome}\n"
    )


def _write_report(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StoryError(f"the report {path} cannot be written: {error.strerror}") from error
    sys.stderr.write(f"the report is in {path}\n")


def _world(name: str) -> Any:
    if name not in {"memory", "wire"}:
        raise StoryError(f"--world is {name!r}: give memory or wire")
    return name


def _numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise StoryError(f"--devices is {text!r}: give numbers such as 0,1,10 or a range such as 1-1000")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _print_json(document: Any) -> None:
    sys.stdout.write(jsonlib.dumps(document, indent=2) + "\n")


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column, overflow="fold", justify="right" if column.isupper() and column in _NUMERIC else "left"
        )
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


_NUMERIC = {"DEVICES", "PUBLISHED", "MEASURED", "OFF"}
