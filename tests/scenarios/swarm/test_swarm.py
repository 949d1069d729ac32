"""The swarm finds nothing in the product, and finds every mechanism that is switched off."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import fields
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from unittest.mock import patch

import pytest

from esolutions_client.wire.http.transport import HttpResponse
from esolutions_scenarios.cli.app import run_command_line
from esolutions_scenarios.swarm import invariants
from esolutions_scenarios.swarm.drawing import make_plan
from esolutions_scenarios.swarm.injections import KINDS
from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.invariants.registry import INVARIANTS
from esolutions_scenarios.swarm.plan import Mishap, PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.runs.run import simulate
from esolutions_scenarios.swarm.sabotage import billing, client, losses, messages, printers, readings, server
from esolutions_scenarios.swarm.sabotage.catalogue import SABOTAGES, SabotageError, sabotage
from esolutions_scenarios.swarm.sabotage.mechanism import Place, nothing
from esolutions_scenarios.swarm.seeds import shrinking
from esolutions_scenarios.swarm.seeds.search import search
from esolutions_scenarios.swarm.seeds.shrinking import shrink
from esolutions_scenarios.swarm.strangers.attacker import Attacker
from tests.support.seen import some

_LIVES = 40
_SEEDS = 200
# Printers that must be there for some mechanism to be passed: the few lives above may have none of them.
_ODD = RunPlan(99, 12, (PlannedPrinter("quirk-odd-encoding"), PlannedPrinter("quirk-gbk")))
_DAYS = 60
# A forged fault says that the client is not known, the server is restored and then lost: what stands in is passed.
_FORGETFUL = RunPlan(
    1,
    24,
    (PlannedPrinter("nominal"),),
    (
        Mishap("fault-forged", 40.0, 30.0, 1),
        Mishap("server-restored", 80.0, 240.0, 1),
        Mishap("bill-now", 100.0, 0.0, 1),
        Mishap("server-lost", 400.0, 0.0, 1),
    ),
)


@pytest.mark.slow
def test_random_lives_lose_nothing() -> None:
    """Sixty days of mishaps, a calm, and every invariant holds."""
    found = search(_LIVES, days=_DAYS)
    assert not [finding.as_json() for finding in found.findings]
    assert found.seeds == _LIVES


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_every_sabotage_is_found(name: str, pytestconfig: pytest.Config) -> None:
    """A mechanism that can be switched off unnoticed protects nothing.

    The life that the page names comes first: where the page is up to date, one is enough.
    """
    expected = SABOTAGES[name].invariant
    named = int(next(row[2] for row in _rows_of_page(pytestconfig) if row[0].strip("`") == name))
    with sabotage(name):
        lives = (simulate(make_plan(seed, _DAYS)) for seed in (named, *range(1, _SEEDS + 1)))
        assert any(found.invariant == expected for violations in lives for found in violations), (
            f"{expected} did not notice in {_SEEDS} lives"
        )


def test_every_invariant_is_one_that_some_sabotage_breaks() -> None:
    """An invariant that never fails may be one that cannot."""
    assert {sabotaged.invariant for sabotaged in SABOTAGES.values()} == set(INVARIANTS)


def test_every_invariant_that_is_written_is_checked_on_some_occasion() -> None:
    """One that the registry left out, or that had no check, would never fail."""
    names = [module.name for module in walk_packages(invariants.__path__, f"{invariants.__name__}.")]
    written = {
        value.name for name in names for value in vars(import_module(name)).values() if isinstance(value, Invariant)
    }
    assert written == set(INVARIANTS)
    for invariant in INVARIANTS.values():
        given = {field.name for field in fields(Invariant) if getattr(invariant, field.name) is not None}
        assert given > {"name", "sentence"}, invariant.name


def test_the_page_of_the_swarm_lists_what_there_is(pytestconfig: pytest.Config) -> None:
    """Every invariant and every sabotage, in the words of the code."""
    rows = _rows_of_page(pytestconfig)
    listed = {row[0].strip("`"): row[1] for row in rows if len(row) == 2}
    listed.pop("invariant")
    assert listed == {name: invariant.sentence for name, invariant in INVARIANTS.items()}
    sabotages = {row[0].strip("`"): (row[1], row[3].strip("`")) for row in rows if len(row) == 4}
    sabotages.pop("sabotage")
    assert sabotages == {name: (s.switched_off, s.invariant) for name, s in SABOTAGES.items()}
    assert all(int(row[2]) <= _SEEDS for row in some(row for row in rows if len(row) == 4 and row[2].isdecimal()))


def _rows_of_page(pytestconfig: pytest.Config) -> list[list[str]]:
    """Return the rows of the tables on the page of the swarm."""
    page = (pytestconfig.rootpath / "docs" / "swarm.md").read_text(encoding="utf-8")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:2] == "| "]


@pytest.mark.slow
def test_every_place_that_a_sabotage_replaces_is_really_passed() -> None:
    """The product calls each of them in ordinary lives: a sabotage of dead code would prove nothing."""
    places = {(place.target, place.attribute) for sabotaged in SABOTAGES.values() for place in sabotaged.places}
    passed: set[tuple[object, str]] = set()
    with ExitStack() as watching:
        for place in places:
            watching.enter_context(patch.object(*place, _noted(place, passed)))
        for plan in (*(make_plan(seed, 12) for seed in range(1, 9)), _FORGETFUL, _ODD):
            assert simulate(plan) == []
    assert passed == places


def _noted(place: tuple[object, str], passed: set[tuple[object, str]]) -> Any:
    """Return what stands at a place, wrapped so that passing it is noted."""
    original = getattr(*place)
    inner: Any = original.fget if isinstance(original, property) else original

    def pass_on(*args: Any, **kwargs: Any) -> Any:
        passed.add(place)
        return inner(*args, **kwargs)

    return property(pass_on) if isinstance(original, property) else pass_on


@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_a_sabotage_replaces_what_is_there_and_puts_it_back(name: str) -> None:
    """What stands at each place while the block runs is the replacement, and afterwards what stood there before."""
    places = SABOTAGES[name].places
    before = [getattr(place.target, place.attribute) for place in places]
    replacements = [place.replacement for place in places]
    with sabotage(name):
        assert [getattr(place.target, place.attribute) for place in places] == replacements
    assert [getattr(place.target, place.attribute) for place in places] == before
    assert all(stands != replacement for stands, replacement in some(zip(before, replacements, strict=True)))


def test_a_place_that_is_not_there_is_no_place() -> None:
    """A mechanism that has moved is seen when the sabotages are imported, so that none can miss it."""
    with pytest.raises(SabotageError, match="moved"):
        Place(RunPlan, "no_such_attribute", nothing)


def test_the_areas_of_sabotage_share_no_name() -> None:
    """The catalogue holds every row of every area."""
    areas = (readings, client, messages, billing, server, losses, printers)
    assert sum(len(area.SABOTAGES) for area in areas) == len(SABOTAGES)


def test_an_unknown_sabotage_is_answered_with_those_that_exist() -> None:
    """The error lists what to say instead."""
    with pytest.raises(SabotageError, match="disable-ignored"), sabotage("everything"):
        pass


@pytest.mark.slow
def test_a_failure_shrinks_to_the_mishaps_it_needs_and_is_replayed_by_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The replay line of a finding finds the same again, and fewer mishaps suffice."""
    found = search(_SEEDS, days=20, sabotage_name="disable-ignored", stop_at_first=True).findings[0]
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

    with patch.object(shrinking, "simulate", pretend):
        assert shrink(plan, "x") == (culprit,)


def test_a_plan_follows_from_its_seed_alone() -> None:
    """The same seed draws the same plan; another one another."""
    assert make_plan(3, 60) == make_plan(3, 60)
    assert make_plan(3, 60) != make_plan(4, 60)


def test_every_kind_of_mishap_happens_in_some_life_of_a_small_hunt() -> None:
    """A kind that is never drawn would test nothing."""
    drawn = {mishap.kind for seed in range(1, _LIVES + 1) for mishap in make_plan(seed, _DAYS).mishaps}
    assert drawn == set(KINDS)


def test_a_replay_is_of_what_has_arrived() -> None:
    """A message that something kept from arriving is rightly taken when a stranger delivers it."""
    sent: list[bytes] = []

    class Wire:
        def post(self, body: bytes, *, operation: str) -> HttpResponse:  # noqa: ARG002
            sent.append(body)
            return HttpResponse(200, b"")

    attacker = Attacker(Wire, lambda body: body == b"arrived", lambda: None, [])
    attacker.replay(b"kept")
    assert (sent, attacker.successes) == ([], [])
    attacker.replay(b"arrived")
    assert (sent, len(attacker.successes)) == ([b"arrived"], 1)


def test_an_error_that_the_server_did_not_foresee_is_found() -> None:
    """The client only sees a fault and tries again; the swarm looks behind it."""
    with patch(
        "esolutions_server.service.exchanges.commands.submissions.take_readings",
        side_effect=ZeroDivisionError("unforeseen"),
    ):
        found = simulate(RunPlan(1, 12, (PlannedPrinter("nominal"),)))
    assert "nothing_escapes" in {violation.invariant for violation in found}
    assert any("unforeseen" in violation.text for violation in found)


@pytest.mark.slow
def test_several_processes_find_what_one_finds() -> None:
    """The number of processes is no part of the result."""
    one = search(5, days=5, jobs=1, sabotage_name="privacy-filter-off")
    two = search(5, days=5, jobs=2, sabotage_name="privacy-filter-off")
    assert one == two
    assert one.findings


def test_the_documents_of_the_swarm_have_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs read these."""
    assert run_command_line(["swarm", "--seeds", "2", "--days", "5", "--json"], stopwatch=lambda: 0.0) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"seeds", "first_seed", "days", "violations", "device_days", "seconds"}
    assert (document["seeds"], document["first_seed"], document["days"], document["violations"]) == (2, 1, 5, [])
    assert run_command_line(["sabotages", "--json"], stopwatch=lambda: 0.0) == 0
    assert json.loads(capsys.readouterr().out) == {"sabotages": sorted(SABOTAGES)}
    assert len(SABOTAGES) >= 15
