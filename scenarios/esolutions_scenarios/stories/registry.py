"""Find a story by its name, and say what it covers.

A story is a module in a chapter, a package of this package, with a docstring of a promise, `Covers:`
and `Story:`, the constants below, and `run(testbed)`. Its name is the module's, whatever the chapter.
"""

from __future__ import annotations

import ast
import pkgutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_simulators.fleets.fleet import Fleet

__all__ = ["Setting", "Story", "StoryError", "StorySummary", "load_story", "story_names", "story_summaries"]

_STORIES = "esolutions_scenarios.stories"


class StoryError(ValueError):
    """There is no such story."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a story begins.

    `fleet` makes the printers from a seed; `spare_addresses` are where more may appear later.
    """

    fleet: Callable[[int], Fleet]
    start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    policy: Policy = field(default_factory=Policy)
    spare_addresses: tuple[str, ...] = ()
    spare_communities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its promise in a line, the sentence of the FAQ it covers, its prose, and how to run it."""

    name: str
    promise: str
    covers: str
    prose: str
    worlds: tuple[str, ...]
    setting: Setting
    run: Callable[[Testbed], None]


@dataclass(frozen=True, slots=True)
class StorySummary:
    """What a list says of a story."""

    name: str
    promise: str
    covers: str
    worlds: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `list --json` prints."""
        return {"story": self.name, "promise": self.promise, "covers": self.covers, "worlds": list(self.worlds)}


def story_names() -> list[str]:
    """Return the names of all stories."""
    return sorted(_modules())


def _modules() -> dict[str, str]:
    """Return the module of each story by the story's name."""
    chapters = (found.name for found in pkgutil.iter_modules(import_module(_STORIES).__path__) if found.ispkg)
    packages = [import_module(f"{_STORIES}.{chapter}") for chapter in chapters]
    return {
        found.name: f"{package.__name__}.{found.name}"
        for package in packages
        for found in pkgutil.iter_modules(package.__path__)
    }


def load_story(name: str) -> Story:
    """Return a story.

    Raises:
        StoryError: there is none of that name; the text lists those that are.
    """
    modules = _modules()
    if name not in modules:
        raise StoryError(f"there is no story {name!r}; there are: {', '.join(story_names())}")
    module = import_module(modules[name])
    parts = _parts(module.__doc__ or "")
    return Story(name, parts[0], parts[1], parts[2], module.WORLDS, module.SETTING, module.run)


def story_summaries() -> list[StorySummary]:
    """Return what a list says of each story, from its text: to import all of them takes a second."""
    return [_summary(name, module) for name, module in sorted(_modules().items())]


def _summary(name: str, module: str) -> StorySummary:
    package, _, file = module.rpartition(".")
    tree = ast.parse((files(package) / f"{file}.py").read_text(encoding="utf-8"))
    promise, covers, _ = _parts(ast.get_docstring(tree, clean=False) or "")
    (worlds,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["WORLDS"]
    ]
    return StorySummary(name, promise, covers, worlds)


def _parts(text: str) -> tuple[str, str, str]:
    """Split a story's docstring into promise, `Covers:` and `Story:`."""
    promise, _, rest = text.partition("Covers:")
    covers, _, prose = rest.partition("Story:")
    return promise.strip().rstrip("."), " ".join(covers.split()), " ".join(prose.split())
