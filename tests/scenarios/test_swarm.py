"""The swarm finds nothing in the product, and finds every mechanism that is switched off."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from esolutions_scenarios.cli import run_command_line
from esolutions_scenarios.swarm import hunt as hunting
from esolutions_scenarios.swarm.hunt import hunt, shrink
from esolutions_scenarios.swarm.life import live
from esolutions_scenarios.swarm.plan import make_plan
from esolutions_scenarios.swarm.sabotages import SABOTAGES, SabotageError, sabotage

_LIVES = 40
_SEEDS = 200


def test_random_lives_lose_nothing() -> None:
    """Sixty days of mishaps, a calm, and every invariant holds."""
    found = hunt(_LIVES, days=60)
    assert not [finding.as_json() for finding in found.findings]
    assert found.seeds == _LIVES


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_every_sabotage_is_found(name: str) -> None:
    """A mechanism that can be switched off unnoticed protects nothing."""
    found = hunt(_SEEDS, sabotage_name=name, stop_at_first=True)
    assert found.findings, f"{name} was not found in {_SEEDS} lives"


@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_a_sabotage_replaces_what_is_there_and_puts_it_back(name: str) -> None:
    """`patch` fails where a mechanism has moved, so that no sabotage can miss it."""
    before = live(make_plan(2, 3))
    with sabotage(name):
        pass
    assert live(make_plan(2, 3)) == before == []


def test_an_unknown_sabotage_is_answered_with_those_that_exist() -> None:
    """The error lists what to say instead."""
    with pytest.raises(SabotageError, match="disable-ignored"), sabotage("everything"):
        pass


def test_a_failure_shrinks_to_the_mishaps_it_needs_and_is_replayed_by_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The replay line of a finding finds the same again, and fewer mishaps suffice."""
    found = hunt(_SEEDS, sabotage_name="disable-ignored", stop_at_first=True).findings[0]
    assert len(found.mishaps) < len(make_plan(found.seed, found.days).mishaps)
    code = run_command_line([*found.replay.split()[1:], "--json"], stopwatch=lambda: 0.0)
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert [(v["seed"], v["invariant"]) for v in document["violations"]] == [
        (found.seed, found.violations[0].invariant)
    ]


def test_shrinking_keeps_what_is_needed() -> None:
    """Only one of the mishaps matters to a violation that one kind causes."""
    plan = make_plan(5, 60)
    culprit = plan.mishaps[len(plan.mishaps) // 2]

    def pretend(tried: object) -> list[object]:
        return [type("Found", (), {"invariant": "x"})()] if culprit in tried.mishaps else []  # type: ignore[attr-defined]

    with patch.object(hunting, "live", pretend):
        assert shrink(plan, "x") == (culprit,)


def test_a_plan_follows_from_its_seed_alone() -> None:
    """The same seed plans the same life; another one another."""
    assert make_plan(3, 60) == make_plan(3, 60)
    assert make_plan(3, 60) != make_plan(4, 60)


def test_several_processes_find_what_one_finds() -> None:
    """The number of processes is no part of the result."""
    one = hunt(6, days=10, jobs=1, sabotage_name="month-end-rule-off")
    two = hunt(6, days=10, jobs=2, sabotage_name="month-end-rule-off")
    assert one == two


def test_the_documents_of_the_swarm_have_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs read these."""
    assert run_command_line(["swarm", "--seeds", "2", "--days", "5", "--json"], stopwatch=lambda: 0.0) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"seeds", "first_seed", "days", "violations", "device_days", "seconds"}
    assert (document["seeds"], document["first_seed"], document["days"], document["violations"]) == (2, 1, 5, [])
    assert run_command_line(["sabotages", "--json"], stopwatch=lambda: 0.0) == 0
    assert json.loads(capsys.readouterr().out) == {"sabotages": sorted(SABOTAGES)}
    assert len(SABOTAGES) >= 15
