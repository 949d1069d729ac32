"""The verdicts on a run: of each standing invariant, and of each expectation that a story has."""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.invariants import INVARIANTS
from esolutions_scenarios.checks.places import Places, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esolutions_scenarios.testbed.testbed import Expected, Testbed

__all__ = ["Verdict", "broken_off", "explained", "judge"]

_SHOWN_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found."""

    check: str
    promise: str
    passed: bool
    violations: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as `run --json` prints it."""
        return asdict(self)


def judge(testbed: Testbed) -> list[Verdict]:
    """Return the verdict of every invariant and of every expectation of the story."""
    verdicts = []
    places = Places(testbed)
    for invariant in INVARIANTS:
        found = list(invariant(testbed))
        promise = (invariant.__doc__ or "").strip()
        verdicts.append(Verdict(invariant.__name__, promise, not found, tuple(found[:_SHOWN_AT_MOST])))
    for expected in testbed.expectations:
        violations = () if expected.is_kept else (_deviation(expected, places),)
        verdicts.append(Verdict("story", expected.promise, expected.is_kept, violations))
    return verdicts


def explained(verdicts: Iterable[Verdict]) -> str:
    """Return the checks that failed, each with what was expected, what there was, and where, on lines of their own."""
    lines: list[str] = []
    for verdict in verdicts:
        if not verdict.passed:
            lines += [verdict.promise, *(f"  {violation}" for violation in verdict.violations)]
    return "\n".join(lines)


def broken_off(error: Exception, testbed: Testbed) -> Verdict:
    """Return the verdict on a story that an error has ended, with the line of it at which that happened."""
    frames = traceback.extract_tb(error.__traceback__)
    told = next((frame for frame in reversed(frames) if frame.name == "run" or "stories" in frame.filename), frames[-1])
    line = f"{Path(told.filename).name}:{told.lineno}"
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    violation = f"{Places(testbed).at(testbed.now)}: expected to go on after {line}, `{told.line}`, found {said}"
    return Verdict("story", "the story is told to its end", passed=False, violations=(violation,))


def _deviation(expected: Expected, places: Places) -> str:
    where = places.of_found(expected.found, expected.at)
    wanted = "" if expected.wanted is None else f"expected {in_words(expected.wanted)}, "
    if expected.found is None and not wanted:
        return f"{where}: it is not so"
    return f"{where}: {wanted}found {in_words(expected.found)}"
