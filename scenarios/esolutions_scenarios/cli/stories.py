"""Commands that tell stories: list, run, sizes, demo."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_client.cli.console.output import print_json, say, say_beside
from esolutions_client.cli.console.tables import print_table
from esolutions_scenarios.cli.output import Json, show
from esolutions_scenarios.progress import CountProgress, Progress
from esolutions_scenarios.stories.registry import StoryError, load_story, story_summaries

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from esolutions_scenarios.demo import Summary
    from esolutions_scenarios.report import Observed
    from esolutions_scenarios.sizes import Measured

__all__ = ["demo", "list_stories", "run", "sizes"]

_World = Annotated[str, typer.Option(help="memory or wire.")]
_DEFAULT_SIZES = "0,1,10,100,1000"


def list_stories(*, json: Json = False) -> None:
    """List the stories with what each promises."""
    stories = story_summaries()
    if json:
        print_json({"stories": [story.as_json() for story in stories]})
        return
    print_table(
        ["STORY", "PROMISE", "WORLDS"], [(story.name, story.promise, ", ".join(story.worlds)) for story in stories]
    )


def run(
    context: typer.Context,
    story: str,
    *,
    world: _World = "memory",
    seed: Annotated[int, typer.Option(help="Makes the fleet, its usage and all ids.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Write a self-contained HTML page.")] = None,
    sabotage: Annotated[str | None, typer.Option(help="Switch one safety mechanism off; see `sabotages`.")] = None,
    json: Json = False,
) -> None:
    """Run one story; the exit code is 1 where a check fails."""
    from esolutions_scenarios.report import observe, render_page
    from esolutions_scenarios.story_runner import run_story

    chosen = load_story(story)
    observed: list[Observed] = []
    look = None if report is None else (lambda testbed: observed.append(observe(testbed)))
    with _sabotaged(sabotage, world), Progress(chosen.name, context.obj) as progress:
        result = run_story(chosen, _world(world), seed=seed, on_step=progress.step, look=look)
    if report is not None:
        _write_report(report, render_page(result, observed[0]))
    if json:
        print_json(result.as_json())
    else:
        show(result)
    if not result.passed:
        raise typer.Exit(1)


def sizes(
    context: typer.Context,
    *,
    devices: Annotated[str, typer.Option(help="Numbers of devices, with commas; a range is 1-1000.")] = _DEFAULT_SIZES,
    world: _World = "memory",
    json: Json = False,
) -> None:
    """Measure the size of every published message with the nominal fleet; exit code 1 where one is off."""
    from esolutions_scenarios.sizes import measure

    counts = _numbers(devices)
    rows: list[Measured] = []
    with CountProgress(sum(counts), "devices", context.obj) as progress:
        for number, count in enumerate(counts, start=1):
            rows += measure(count, _world(world))
            progress.show(sum(counts[:number]))
    if json:
        print_json({"rows": [row.as_json() for row in rows]})
    else:
        print_table(
            ["MESSAGE", "DEVICES", "PUBLISHED", "MEASURED", "OFF"],
            [(row.message, row.devices, row.published, row.measured, row.measured - row.published) for row in rows],
            right={"DEVICES", "PUBLISHED", "MEASURED", "OFF"},
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
    from esolutions_scenarios.demo import summarize
    from esolutions_scenarios.story_runner import run_story

    chosen = load_story(story)
    say(chosen.promise)
    say("")
    for line in wrap(chosen.prose, 79):
        say(line)
    say("")
    summaries: list[Summary] = []
    with Progress(chosen.name, context.obj) as progress:
        result = run_story(
            chosen,
            _world(world),
            seed=seed,
            on_step=progress.step,
            look=lambda testbed: summaries.append(summarize(testbed)),
        )
    for summary in summaries:
        summary.show()
    show(result)
    if not result.passed:
        raise typer.Exit(1)


def _write_report(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StoryError(f"the report {path} cannot be written: {error.strerror}") from error
    say_beside(f"the report is in {path}")


def _sabotaged(name: str | None, world: str) -> AbstractContextManager[None]:
    if name is None:
        return nullcontext()
    from esolutions_scenarios.swarm.sabotage.catalogue import SABOTAGES, sabotage

    if name not in SABOTAGES:
        raise StoryError(f"there is no sabotage {name!r}; there are: {', '.join(sorted(SABOTAGES))}")
    if world != "memory":
        raise StoryError("--sabotage reaches into this process alone: it goes with --world memory")
    return sabotage(name)


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
