"""The states of a printer, and the proof that two sides mean the same printers."""

from __future__ import annotations

import ast
import base64
import hashlib
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import esolutions_client
from esolutions_client.errors import TransitionError
from esolutions_client.fleet.device import POLLED_STATES, Device, State, become, can_become
from esolutions_client.fleet.digest import fleet_digest

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
STATES: tuple[State, ...] = get_args(State)
DEVICE = Device(serial_number="ABC123456", host="127.0.0.10", discovered_at=MOMENT, community="a secret")
ALLOWED = {
    ("discovered", "registered"),
    ("registered", "active"),
    ("registered", "replaced"),
    ("registered", "retired"),
    ("registered", "discovered"),
    ("active", "replaced"),
    ("active", "retired"),
    ("active", "discovered"),
    ("replaced", "registered"),
    ("retired", "registered"),
}


def test_a_printer_goes_only_the_ways_that_are_drawn() -> None:
    """Every pair of states, allowed or not.

    A printer that was taken away may be registered again; one whose registration the server has lost was only found.
    """
    assert {(old, new) for old in STATES for new in STATES if can_become(old, new)} == ALLOWED


@given(st.lists(st.sampled_from(STATES)))
def test_a_history_of_a_printer_keeps_to_the_ways(wanted: list[State]) -> None:
    """Whatever is asked of it in whatever order: it goes an allowed way, stays where it is, or is refused unchanged."""
    device, state = DEVICE, DEVICE.state
    for following in wanted:
        if following == state or (state, following) in ALLOWED:
            device, state = become(device, following), following
        else:
            with pytest.raises(TransitionError, match=f"is {state} and cannot become {following}"):
                become(device, following)
        assert device == replace(DEVICE, state=state)


def states_set(source: str) -> list[int]:
    """Return the lines on which a device gets a state: by `replace`, or by being made with one."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _is_of_a_device(call) and "state" in {word.arg for word in call.keywords}]


def _is_of_a_device(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    return name in {"replace", "Device"}


def test_one_place_alone_sets_the_state_of_a_printer() -> None:
    """Every transition is checked against the table, as `become` makes them all."""
    root = Path(esolutions_client.__file__).parent
    found = {str(path.relative_to(root)): states_set(path.read_text()) for path in root.rglob("*.py")}
    assert {path: len(lines) for path, lines in found.items() if lines} == {"fleet/device.py": 1}
    assert states_set("replace(device,\n  state='active')") == [1]


@pytest.mark.parametrize("state", STATES)
def test_only_registered_and_active_printers_are_polled(state: State) -> None:
    """No printer is read that is not registered, nor one that was taken away."""
    assert replace(DEVICE, state=state).is_polled == (state in {"registered", "active"}) == (state in POLLED_STATES)


@pytest.mark.parametrize("state", STATES)
def test_silence_shows_only_on_a_printer_that_is_polled(state: State) -> None:
    """Being silent comes and goes and is no state of its own; one that did not answer just now is not called so."""
    assert replace(DEVICE, state=state, silent_since=MOMENT).shown_state == state
    silent = replace(DEVICE, state=state, silent_since=MOMENT, called_silent_at=MOMENT)
    assert silent.shown_state == ("silent" if state in POLLED_STATES else state)
    assert replace(DEVICE, state=state).shown_state == state


def test_a_printer_does_not_show_its_community() -> None:
    """It is a password and belongs in no log."""
    assert "a secret" not in repr(DEVICE)


def test_a_printer_is_a_value() -> None:
    """It changes by being replaced."""
    with pytest.raises(FrozenInstanceError):
        DEVICE.state = "active"  # type: ignore[misc]


SERIALS = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1), unique=True)


@given(SERIALS, st.randoms(use_true_random=False))
def test_the_digest_of_a_fleet_does_not_depend_on_its_order(serials: list[str], random: object) -> None:
    """Two sides that list the same printers have the same digest, 44 characters long."""
    shuffled = list(serials)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fleet_digest(shuffled) == fleet_digest(serials)
    assert len(fleet_digest(serials)) == 44


@given(SERIALS, SERIALS)
def test_different_fleets_have_different_digests(mine: list[str], theirs: list[str]) -> None:
    """Equal digests mean equal printers."""
    assert (fleet_digest(mine) == fleet_digest(theirs)) == (set(mine) == set(theirs))


def test_the_digest_is_sha_256_of_the_sorted_lines() -> None:
    """Spelled out, because the other side computes it too."""
    expected = base64.b64encode(hashlib.sha256(b"AAA1\nBBB2").digest()).decode()
    assert fleet_digest(["BBB2", "AAA1"]) == expected
    assert fleet_digest([]) == base64.b64encode(hashlib.sha256(b"").digest()).decode()
