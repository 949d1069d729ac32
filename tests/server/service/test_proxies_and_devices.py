"""Proxies that are silent, lost, copied or gone, and what becomes of their devices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.support.world import World

SERIAL = "ABC123456"

FEBRUARY = datetime(2026, 2, 1, 3, tzinfo=UTC)


def test_missing_reads_are_mailed_to_the_key_user_once(world: World) -> None:
    """The FAQ: if meter reads do not come when expected, the key user gets a mail. Late ones still count."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    world.server.run_due_work()
    assert list(world.server.administration.every.mails()) == []
    world.clock.move(days=3)
    for _ in range(3):
        world.server.run_due_work()
    assert [mail.recipient for mail in world.server.administration.every.mails()] == ["key@acme.example"]
    assert proxy.submit(SERIAL, command_id) == "Accepted"


def test_missing_reads_are_noticed_although_nobody_calls(world: World) -> None:
    """The PC is off: the request comes into being without a sync, and so does the mail."""
    world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY + timedelta(days=4)
    world.server.run_due_work()
    assert len(list(world.server.administration.every.mails())) == 1
    assert [request.state for request in world.server.administration.every.requests()] == ["open"]


def test_a_device_stays_with_a_proxy_that_is_alive_and_leaves_one_that_is_not(world: World) -> None:
    """A week without a word lets another proxy take over; it has to turn the device on first."""
    first = world.active_proxy(SERIAL)
    second = world.proxy(2)
    second.register()
    assert second.send(second.devices_payload([SERIAL])).texts("Outcome") == ["Refused"]
    world.clock.move(days=8)
    assert second.send(second.devices_payload([SERIAL])).texts("Outcome") == ["Accepted"]
    assert world.states() == {SERIAL: "signed up"}
    (command,) = second.sync().commands
    assert command["Action"] == "TurnOn"
    assert second.status(SERIAL, command["CommandId"]) == "Accepted"
    world.clock.moment = FEBRUARY
    assert first.sync().commands == []
    assert [command["Action"] for command in second.sync().commands] == ["Report"]


def test_a_copied_installation_shows_as_two_instances_taking_turns(world: World) -> None:
    """One new instance is a reinstallation; the old one coming back is a clone."""
    proxy = world.proxy()
    proxy.register()
    first, second = proxy.instance, proxy.new_id()
    for instance in (second, first):
        proxy.instance = instance
        proxy.sync()
    notes = [row.note for row in world.server.administration.every.journal()]
    assert [("cloned" in note) for note in notes] == [False, False, True]


def test_a_proxy_that_lost_a_device_is_noticed(world: World) -> None:
    """The digest of its fleet differs from what the server thinks it has."""
    proxy = world.active_proxy(SERIAL)
    assert list(world.server.administration.every.journal())[-1].note == ""
    proxy.fleet.clear()
    proxy.sync()
    assert list(world.server.administration.every.journal())[-1].note == "fleet differs"


def test_a_proxy_that_does_not_call_when_it_said_is_silent(world: World) -> None:
    """After the moment it announced, its window and a grace."""
    proxy = world.proxy()
    proxy.register()
    admin = world.server.administration
    world.clock.move(days=1, hours=2)
    assert not next(admin.every.proxies()).is_silent
    world.clock.move(minutes=1)
    assert next(admin.every.proxies()).is_silent
    assert not hasattr(next(admin.every.proxies()), "secret")
