"""The wire world tells a story in the same words as the memory world."""

from __future__ import annotations

import pytest

from esolutions_scenarios.stories.registry import load_story, story_names
from esolutions_scenarios.story_runner import run_story

# The whole year over real sockets takes minutes; it has a test of its own below.
_SHORT = [name for name in story_names() if "wire" in load_story(name).worlds and name != "first_year"]


@pytest.mark.wire
@pytest.mark.parametrize("name", _SHORT)
def test_both_worlds_leave_the_same_transcript(name: str) -> None:
    """Times, operations, outcomes and sizes agree; ids and nonces are no part of a transcript."""
    story = load_story(name)
    memory, wire = run_story(story, "memory"), run_story(story, "wire")
    failed = [(verdict.promise, verdict.violations) for verdict in wire.verdicts if not verdict.passed]
    assert not failed
    assert [entry.as_json() for entry in wire.transcript] == [entry.as_json() for entry in memory.transcript]
    assert [row.as_json() for row in wire.sizes] == [row.as_json() for row in memory.sizes]


@pytest.mark.wire
@pytest.mark.slow
def test_the_first_year_passes_over_real_udp_and_https() -> None:
    """What `make demo` shows: 42 billing cycles, every value as the printers showed it, every byte accounted for."""
    result = run_story(load_story("first_year"), "wire")
    failed = [(verdict.promise, verdict.violations) for verdict in result.verdicts if not verdict.passed]
    assert not failed
    memory = run_story(load_story("first_year"), "memory")
    assert [entry.as_json() for entry in result.transcript] == [entry.as_json() for entry in memory.transcript]
