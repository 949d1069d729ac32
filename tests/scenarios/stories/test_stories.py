"""Every story keeps what it promises, and the same seed tells it in the same words."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from esolutions_scenarios.stories.registry import StoryError, load_story, story_names, story_summaries
from esolutions_scenarios.story_runner import run_story

_TOLD_AGAIN = "reply_lost"
# Months of many printers, at length.
_LONG = ("first_year", "large_fleet", "monthly_quarterly_semiannual")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in _LONG else ()) for name in story_names()]
)
def test_every_check_of_a_story_holds_in_the_memory_world(name: str) -> None:
    """A story passes when its own expectations and all standing invariants hold."""
    result = run_story(load_story(name), "memory")
    assert result.passed, result.explained
    assert result.transcript


def test_a_list_says_of_each_story_what_it_is() -> None:
    """It is read from the text of its module, which nobody imports for that; there is one line for each."""
    stories = [load_story(name) for name in story_names()]
    listed = [(summary.name, summary.promise, summary.covers, summary.worlds) for summary in story_summaries()]
    assert listed == [(story.name, story.promise, story.covers, story.worlds) for story in stories]
    assert listed


@pytest.mark.parametrize("name", story_names())
def test_a_story_says_what_it_promises_and_which_sentence_it_covers(name: str) -> None:
    """`list` shows a line, the report shows the prose, and both come from the story's file."""
    story = load_story(name)
    assert "\n" not in story.promise
    assert story.promise
    assert story.covers
    assert story.prose
    assert set(story.worlds) <= {"memory", "wire"}


def test_an_unknown_story_is_answered_with_those_that_exist() -> None:
    """The error lists what to say instead."""
    with pytest.raises(StoryError, match="first_year"):
        load_story("once_upon_a_time")


def test_the_same_seed_gives_the_same_transcript_byte_for_byte() -> None:
    """Within a process, whatever went before."""
    first = run_story(load_story(_TOLD_AGAIN), "memory", seed=7).as_json()
    assert run_story(load_story(_TOLD_AGAIN), "memory", seed=7).as_json() == first


@pytest.mark.slow
def test_the_same_seed_gives_the_same_transcript_in_another_process() -> None:
    """With another hash seed, too."""
    first = run_story(load_story(_TOLD_AGAIN), "memory", seed=7).as_json()
    for hash_seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-m", "esolutions_scenarios", "run", _TOLD_AGAIN, "--seed", "7", "--json"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        assert json.loads(told.stdout) == json.loads(json.dumps(first))


def test_another_seed_gives_another_fleet() -> None:
    """A seed that changed nothing would prove nothing."""
    first = run_story(load_story(_TOLD_AGAIN), "memory", seed=1).transcript
    other = run_story(load_story(_TOLD_AGAIN), "memory", seed=2).transcript
    assert [entry.as_json() for entry in first] != [entry.as_json() for entry in other]
