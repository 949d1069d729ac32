"""The life of a device, told over the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.enrolment import MissingReason
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.world import World

SERIAL = "ABC123456"
FEBRUARY = datetime(2026, 2, 1, 3, tzinfo=UTC)


def test_a_device_goes_from_registration_to_its_first_bill(world: World) -> None:
    """Registered, signed up after the hour, turned on, asked at the period's end, billed once."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    (turn_on,) = proxy.sync().commands
    assert turn_on["Action"] == "TurnOn"
    assert proxy.status(SERIAL, turn_on["CommandId"]) == "Accepted"
    assert world.states() == {SERIAL: "active"}
    assert proxy.sync().commands == []
    world.clock.moment = FEBRUARY
    (report,) = proxy.sync().commands
    assert (report["Action"], report["ReadNotBefore"]) == ("Report", "2026-02-01T00:00:00Z")
    assert proxy.submit(SERIAL, report["CommandId"]) == "Accepted"
    assert {bill.impressions for bill in world.server.administration.every.bills()} == {100}
    assert proxy.sync().commands == []


def test_nothing_is_commanded_before_somebody_signs_up(world: World) -> None:
    """Registration alone turns nothing on."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(days=40)
    assert proxy.sync().commands == []
    assert world.states() == {SERIAL: "registered"}


def test_under_the_automatic_policy_devices_are_signed_up_by_themselves(make_world: Callable[..., World]) -> None:
    """Once the hour and the thirty days are over, the next sync turns them on."""
    world = make_world(signup="automatic")
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL, installed_on=date(2025, 12, 30))
    world.clock.move(days=20)
    assert proxy.sync().commands == []
    world.clock.move(days=10)
    assert [command["Action"] for command in proxy.sync().commands] == ["TurnOn"]


def test_the_detected_page_gives_the_three_reasons_of_the_faq(world: World) -> None:
    """Too soon, somebody else's, or not administered yet; and none once all are gone."""
    proxy = world.proxy()
    proxy.register("NEW000001", "BOB000002", "OLD000003", "XXX000004")
    world.know("NEW000001", installed_on=date(2025, 12, 31))
    world.know("BOB000002", person="eve@acme.example")
    world.know("OLD000003")
    admin = world.server.administration
    assert all(MissingReason.TOO_SOON in device.reasons for device in some(admin.every.detected("bob@acme.example")))
    world.clock.move(hours=1)
    reasons = {device.serial: device.reasons for device in admin.every.detected("bob@acme.example")}
    assert reasons == {
        "BOB000002": (MissingReason.ASSIGNED_TO_ANOTHER,),
        "NEW000001": (MissingReason.NOT_ADMINISTERED_YET,),
        "OLD000003": (),
        "XXX000004": (MissingReason.NOT_ADMINISTERED_YET,),
    }
    with pytest.raises(AdministrationError, match="not in the administrative"):
        admin.sign_up("NEW000001")


def test_reassigning_a_device_tells_the_person_who_had_it(world: World) -> None:
    """The FAQ: notify the person who previously reported its meter reads."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know("OTHER0001", person="eve@acme.example")
    world.know(SERIAL)
    world.server.administration.reassign(SERIAL, "eve@acme.example")
    (mail,) = world.server.administration.every.mails()
    assert (mail.recipient, SERIAL in mail.subject) == ("bob@acme.example", True)
    world.clock.move(hours=1)
    with pytest.raises(AdministrationError, match="another person"):
        world.server.administration.sign_up(SERIAL, "bob@acme.example")
    world.server.administration.sign_up(SERIAL, "eve@acme.example")


def test_a_command_is_repeated_until_it_is_answered(world: World) -> None:
    """The same command id, with a count that stops at one digit."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    commands = [proxy.sync().commands[0] for _ in range(12)]
    assert len({command["CommandId"] for command in commands}) == 1
    assert [command["Repeat"] for command in commands] == [*"0123456789", "9", "9"]


def test_no_period_is_lost_while_the_pc_is_off(world: World) -> None:
    """After three months every period is asked for, the oldest first, one at a time."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = datetime(2026, 4, 2, tzinfo=UTC)
    asked = []
    while commands := proxy.sync().commands:
        (command,) = commands
        asked.append(command["PeriodEnd"])
        assert proxy.submit(SERIAL, command["CommandId"]) == "Accepted"
    assert asked == [f"2026-{month}-01T00:00:00Z" for month in ("02", "03", "04")]


def test_a_reading_taken_before_it_was_asked_for_is_refused(world: World) -> None:
    """A stale reading answers nothing: the request stays open and is repeated."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.submit(SERIAL, command_id, read_at=FEBRUARY - timedelta(hours=4)) == "Refused"
    assert proxy.submit(SERIAL, command_id, read_at=FEBRUARY + timedelta(hours=1)) == "Refused"
    assert proxy.sync().commands[0]["CommandId"] == command_id
    assert list(world.server.administration.every.bills()) == []


def test_the_same_reading_again_is_accepted_and_billed_once(world: World) -> None:
    """A second answer changes nothing; a different one is refused."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.submit(SERIAL, command_id) == "Accepted"
    before = list(world.server.administration.every.bills())
    assert proxy.submit(SERIAL, command_id) == "Accepted"
    assert proxy.submit(SERIAL, command_id, 1234999) == "Refused"
    assert list(world.server.administration.every.bills()) == before


@pytest.mark.parametrize("value", [1234566, 9_000_000])
def test_an_incredible_reading_is_held_and_not_billed(world: World, value: int) -> None:
    """Lower than before, or above the ceiling: a person is told, and can bill it."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.submit(SERIAL, command_id, value) == "Held"
    admin = world.server.administration
    assert (list(admin.every.bills()), len(list(admin.every.held())), len(list(admin.every.mails()))) == ([], 5, 1)
    assert proxy.sync().commands == []
    assert proxy.submit(SERIAL, command_id, value) == "Held"
    admin.accept_held(command_id)
    assert {bill.value for bill in admin.every.bills()} == {value}


def test_a_rollover_is_billed(make_world: Callable[..., World]) -> None:
    """A counter that starts again says where it did."""
    world = make_world()
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.submit(SERIAL, command_id, rows=proxy.meters(3, rollover=1234570)) == "Accepted"
    assert {bill.impressions for bill in world.server.administration.every.bills()} == {6}


def test_the_ceiling_told_is_the_ceiling_judged_by(world: World) -> None:
    """What the command calls credible is billed, one more is held."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    answer = proxy.sync()
    ceiling = int(answer.texts("Ceiling")[0])
    assert proxy.submit(SERIAL, answer.commands[0]["CommandId"], ceiling) == "Accepted"


def test_a_reading_of_somebody_elses_device_is_refused(world: World) -> None:
    """A proxy answers for its own devices, and each command for its own device."""
    proxy = world.active_proxy(SERIAL, "DEF000001")
    stranger = world.proxy(2)
    stranger.register("GHI000001")
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    before = world.snapshot()
    assert stranger.submit(SERIAL, command_id) == "Refused"
    assert proxy.submit("DEF000001", command_id) == "Refused"
    assert proxy.submit(SERIAL, proxy.new_id()) == "Refused"
    assert world.snapshot()["bills"] == before["bills"]


def test_a_declined_activation_leaves_the_device_registered(make_world: Callable[..., World]) -> None:
    """The customer said no: no bill, no second try, even where sign-up is automatic; a person can sign up again."""
    world = make_world(signup="automatic")
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.status(SERIAL, command_id, "Refused") == "Accepted"
    world.clock.move(days=1)
    assert proxy.sync().commands == []
    assert world.states() == {SERIAL: "registered"}
    world.server.administration.sign_up(SERIAL)
    assert [command["Action"] for command in proxy.sync().commands] == ["TurnOn"]


def test_a_retired_device_is_asked_nothing_and_can_come_back(world: World) -> None:
    """Its open requests are cancelled; registering it again starts a new life."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    command_id = proxy.sync().commands[0]["CommandId"]
    world.server.administration.retire(SERIAL)
    assert proxy.sync().commands == []
    assert proxy.submit(SERIAL, command_id) == "Refused"
    assert proxy.send(proxy.devices_payload([SERIAL], 42)).texts("Outcome") == ["Accepted"]
    assert world.states() == {SERIAL: "registered"}


def test_a_request_by_hand_is_due_at_once(world: World) -> None:
    """Beside the billing cycle, which goes on as it was."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=2)
    command_id = world.server.administration.request_billing(SERIAL)
    (command,) = proxy.sync().commands
    assert command["CommandId"] == command_id
    assert proxy.submit(SERIAL, command_id) == "Accepted"
    world.clock.moment = FEBRUARY
    assert proxy.sync().commands[0]["PeriodEnd"] == "2026-02-01T00:00:00Z"


def test_supplies_are_kept_as_they_were_last_reported(world: World) -> None:
    """States and levels for replenishment, unknown ones included."""
    proxy = world.active_proxy(SERIAL)
    world.clock.moment = FEBRUARY
    supplies = proxy.supply(Name="Black Toner", State="low", Unit="sheets", Capacity=20000, Level=1999)
    supplies += proxy.supply(Name="Drum", State="unknown")
    command_id = proxy.sync().commands[0]["CommandId"]
    assert proxy.submit(SERIAL, command_id, rows=proxy.meters(1234667) + supplies) == "Accepted"
    (device,) = world.server.administration.every.devices()
    assert [(s.name, s.state, s.level) for s in device.supplies] == [
        ("Black Toner", "low", 1999),
        ("Drum", "unknown", None),
    ]


def test_a_second_server_in_a_process_is_nothing_to_warn_of(
    make_world: Callable[..., World], caplog: pytest.LogCaptureFixture
) -> None:
    """Both share one service: another one under the same name would be a mistake to spyne."""
    for _ in range(2):
        make_world().proxy().register("ABC123456")
    assert caplog.records == []


def test_a_device_is_turned_on_again_within_a_second(world: World) -> None:
    """A clock that stands keeps nobody from cancelling and signing up again: the second command has its own id."""
    proxy = world.active_proxy("ABC123456")
    admin = world.server.administration
    admin.cancel("ABC123456")
    admin.sign_up("ABC123456")
    (command,) = proxy.sync().commands
    assert proxy.status("ABC123456", command["CommandId"]) == "Accepted"
    assert len({command.id for command in admin.every.commands()}) == 2
