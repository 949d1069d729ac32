"""What came of checking a message: a result for each rule, in the order in which a server goes by them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CheckReport", "Rule", "RuleResult", "State", "judged", "skipped"]


class Rule(StrEnum):
    """What a message is held to (docs/wire.md)."""

    WELL_FORMED = "well-formed"
    ENVELOPE = "envelope"
    NAMESPACES = "namespaces"
    HEADER = "header"
    TIMESTAMP = "timestamp"
    CREATED = "created"
    NONCE = "nonce"
    DIGEST = "digest"
    BINDING = "body binding"
    SIGNATURE = "signature"
    SCHEMA = "schema"
    RANGES = "ranges"
    SIZE = "size"


class State(StrEnum):
    """How a message stands to a rule; `NOTED` is what a server accepts and a person should know."""

    HOLDS = "holds"
    NOTED = "noted"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule: how the message stands to it, and why, in sentences."""

    rule: Rule
    state: State
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A message by the name of its element, None where it has none, and a result for every rule."""

    message: str | None
    results: tuple[RuleResult, ...]

    @property
    def holds(self) -> bool:
        """Whether no rule is broken."""
        return all(result.state != State.BROKEN for result in self.results)


def judged(rule: Rule, wrong: Iterable[str], notes: Iterable[str] = ()) -> RuleResult:
    """Return the result of a rule that was gone by: broken by what is wrong, or noted, or held."""
    wrong, notes = tuple(wrong), tuple(notes)
    state = State.BROKEN if wrong else State.NOTED if notes else State.HOLDS
    return RuleResult(rule, state, (*wrong, *notes))


def skipped(rule: Rule, reason: str) -> RuleResult:
    """Return the result of a rule that could not be gone by."""
    return RuleResult(rule, State.SKIPPED, (reason,))
