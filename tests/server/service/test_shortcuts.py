"""Devices that are taken to a state at once, by the steps that lead there."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from esolutions_server.domain.devices.states import DeviceState, Step, StepError, next_state, way_to
from esolutions_server.service.people.presentation.views import DeviceMove
from esolutions_server.service.people.shortcuts import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.world import World

SERIAL, OTHER = "ABC123456", "XYZ987654"
S = DeviceState


@pytest.mark.parametrize("signup", ["required", "automatic"])
@pytest.mark.parametrize(("begin", "target"), list(permutations(S, 2)))
def test_a_device_gets_from_any_state_to_any_other(
    make_world: Callable[..., World], begin: DeviceState, target: DeviceState, signup: str
) -> None:
    """By steps of the table alone, and nothing happens to the device beside it."""
    world = make_world(signup=signup)
    proxy = world.proxy()
    proxy.register(SERIAL, OTHER)
    admin = world.server.administration
    admin.take_to(SERIAL, begin)
    before, state = admin.one.device(OTHER), begin
    for step in admin.take_to(SERIAL, target).steps:
        state = next_state(state, step)
    assert state == target == admin.one.device(SERIAL).state
    assert admin.one.device(OTHER) == before
    assert admin.take_to(SERIAL, target) == DeviceMove(target, ())


def test_what_was_taken_there_goes_on_as_any_other(world: World) -> None:
    """Its client syncs, is asked at the end of the period, and is billed."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    admin = world.server.administration
    steps = (Step.DETECT, Step.SIGN_UP, Step.COMMAND, Step.ACTIVATE)
    assert admin.take_to(SERIAL, S.ACTIVE) == DeviceMove(S.ACTIVE, steps)
    assert not proxy.sync().commands
    world.clock.move(days=31)
    (command,) = proxy.sync().commands
    assert proxy.submit(SERIAL, command["CommandId"]) == "Accepted"
    assert {bill.serial for bill in admin.every.bills()} == {SERIAL}


def test_a_client_answers_what_was_commanded_by_hand(world: World) -> None:
    """The command is one of its own, and is repeated in its syncs until it answers."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.server.administration.take_to(SERIAL, S.ACTIVATING)
    (command,) = proxy.sync().commands
    assert (command["Action"], command["Repeat"]) == ("TurnOn", "1")
    assert proxy.status(SERIAL, command["CommandId"]) == "Accepted"
    assert world.states() == {SERIAL: "active"}


def test_the_journal_says_that_a_person_did_it(world: World) -> None:
    """What only a client's message could do; no message came, so none is counted."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    before = len(list(world.server.administration.every.journal()))
    world.server.administration.take_to(SERIAL, S.ACTIVE)
    sync, status = list(world.server.administration.every.journal())[before:]
    assert (sync.operation, status.operation) == ("SyncProxy", "SyncProxyStatus")
    for row in (sync, status):
        assert (row.outcome, row.bytes_in, row.message_id, row.proxy_id) == ("by hand", 0, None, proxy.guid)
        assert f"{SERIAL}: " in row.note
        assert "a person of the testbed did it" in row.note


def test_a_device_that_nobody_entered_is_entered(world: World) -> None:
    """Monthly, by a person to whom no mail gets; what is known of another stays as it is."""
    proxy = world.proxy()
    proxy.register(SERIAL, OTHER)
    world.know(OTHER, frequency="quarterly")
    admin = world.server.administration
    for serial in (SERIAL, OTHER):
        admin.take_to(serial, S.ACTIVE)
    known = {row.serial: (row.person, row.frequency) for row in admin.every.equipment()}
    assert known == {SERIAL: (PERSON, "Monthly"), OTHER: ("bob@acme.example", "Quarterly")}


def test_a_way_that_there_is_not_is_refused() -> None:
    """A device does not become active without its client's word."""
    with pytest.raises(StepError, match="does not become active"):
        way_to(S.REGISTERED, S.ACTIVE, (Step.DETECT, Step.SIGN_UP, Step.COMMAND))
    assert way_to(S.ACTIVE, S.ACTIVE, ()) == ()


def test_the_shortest_way_is_taken() -> None:
    """And of several the one whose steps are named first."""
    assert way_to(S.ACTIVE, S.DETECTED, tuple(Step)) == (Step.CANCEL, Step.DETECT)
    assert way_to(S.ACTIVE, S.SIGNED_UP, tuple(Step)) == (Step.MOVE,)
    assert way_to(S.ACTIVATING, S.REGISTERED, (Step.CANCEL, Step.DECLINE)) == (Step.CANCEL,)
