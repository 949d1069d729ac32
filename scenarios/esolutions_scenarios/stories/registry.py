"""Find a story by its name, and say what it covers.

A story is a module in this package with a docstring that opens with `Covers:`
and `Story:`, the constants below, and `run(testbed)`.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_simulators.fleet import Fleet

__all__ = ["Setting", "Story", "StoryError", "load_story", "story_names"]

_NO_STORIES = {"registry"}


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

    def as_json(self) -> dict[str, Any]:
        """Return what `list --json` prints."""
        return {"story": self.name, "promise": self.promise, "covers": self.covers, "worlds": list(self.worlds)}


def story_names() -> list[str]:
    """Return the names of all stories."""
    package = import_module("esolutions_scenarios.stories")
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.name not in _NO_STORIES)


def load_story(name: str) -> Story:
    """Return a story.

    Raises:
        StoryError: there is none of that name; the text lists those that are.
    """
    if name not in story_names():
        raise StoryError(f"there is no story {name!r}; there are: {', '.join(story_names())}")
    module = import_module(f"esolutions_scenarios.stories.{name}")
    parts = _parts(module)
    return Story(name, parts[0], parts[1], parts[2], module.WORLDS, module.SETTING, module.run)


def _parts(module: ModuleType) -> tuple[str, str, str]:
    """Split a story's docstring into promise, `Covers:` and `Story:`."""
    text = module.__doc__ or ""
    promise, _, rest = text.partition("Covers:")
    covers, _, prose = rest.partition("Story:")
    return promise.strip().rstrip("."), " ".join(covers.split()), " ".join(prose.split())
