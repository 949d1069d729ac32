"""Run a story in a world and judge what it left behind."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from esolutions_scenarios.checks.verdicts import Verdict, broken_off, explained, judge
from esolutions_scenarios.stories.registry import Story, StoryError
from esolutions_scenarios.testbed.testbed import Testbed
from esolutions_scenarios.testbed.transcript import Entry, SizeRow, size_rows, transcript
from esolutions_scenarios.virtual_time.timeline import Timeline
from esolutions_scenarios.worlds.memory import MemoryWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.stories.registry import Setting
    from esolutions_scenarios.worlds.world import World
    from esolutions_simulators.fleets.fleet import Fleet
    from esolutions_simulators.snmp.launch import EngineName

__all__ = ["Result", "WorldName", "open_testbed", "run_story"]

WorldName = Literal["memory", "wire"]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one run."""

    story: Story
    world: str
    seed: int
    transcript: list[Entry]
    sizes: list[SizeRow]
    verdicts: list[Verdict]

    @property
    def passed(self) -> bool:
        """Whether every check and every expectation of the story held."""
        return all(verdict.passed for verdict in self.verdicts)

    @property
    def explained(self) -> str:
        """What did not hold, in words: what was expected, what there was, and where in the run; "" if all did."""
        return explained(self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """Return the document that `run --json` prints."""
        return {
            "story": self.story.name,
            "world": self.world,
            "seed": self.seed,
            "passed": self.passed,
            "transcript": [entry.as_json() for entry in self.transcript],
            "sizes": [row.as_json() for row in self.sizes],
            "checks": [verdict.as_json() for verdict in self.verdicts],
        }


def open_testbed(
    setting: Setting,
    world: WorldName = "memory",
    *,
    seed: int = 1,
    folder: Path,
    on_step: Callable[[Testbed], None] | None = None,
    printer_engine: EngineName = "fast",
) -> Testbed:
    """Build a world for a setting; the caller closes the testbed."""
    fleet = setting.fleet(seed)
    built = _build(setting, world, seed, folder, fleet, printer_engine)
    testbed = Testbed(built, Timeline(setting.start), folder, seed, fleet)
    testbed.on_step = on_step
    built.show_fleet(fleet)
    return testbed


def run_story(
    story: Story,
    world: WorldName = "memory",
    *,
    seed: int = 1,
    folder: Path | None = None,
    on_step: Callable[[Testbed], None] | None = None,
    look: Callable[[Testbed], None] | None = None,
    printer_engine: EngineName = "fast",
) -> Result:
    """Run a story from its beginning to its end.

    Args:
        story: which.
        world: where.
        seed: makes the fleet, the usage, the ids and the nonces.
        folder: where stores and databases go; a temporary one by default.
        on_step: called after every step, to show progress.
        look: called once at the end, before everything is closed.
        printer_engine: what serves the printers of the wire world.

    Raises:
        StoryError: the story does not run in this world.
    """
    if world not in story.worlds:
        raise StoryError(f"{story.name} runs in these worlds: {', '.join(story.worlds)}")
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(TemporaryDirectory(prefix="esolutions-")))
        testbed = open_testbed(
            story.setting, world, seed=seed, folder=place, on_step=on_step, printer_engine=printer_engine
        )
        stack.callback(testbed.close)
        unfinished = _tell(story, testbed)
        for machine in testbed.machines:
            machine.power_on()
        verdicts = [*unfinished, *judge(testbed)]
        result = Result(story, world, seed, transcript(testbed), size_rows(testbed), verdicts)
        if look is not None:
            look(testbed)
        return result


def _tell(story: Story, testbed: Testbed) -> list[Verdict]:
    """Tell a story; return a verdict only where it came to no end: what had come before is judged all the same."""
    try:
        story.run(testbed)
    except StoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a story cannot know what a product that is broken makes of it
        return [broken_off(error, testbed)]
    return []


def _build(
    setting: Setting, world: WorldName, seed: int, folder: Path, fleet: Fleet, printer_engine: EngineName
) -> World:
    if world == "memory":
        return MemoryWorld(folder, start=setting.start, seed=seed, policy=setting.policy)
    from esolutions_scenarios.worlds.wire import WireWorld

    return WireWorld(
        folder,
        start=setting.start,
        seed=seed,
        policy=setting.policy,
        fleet=fleet,
        spare_addresses=setting.spare_addresses,
        spare_communities=setting.spare_communities,
        printer_engine=printer_engine,
    )
