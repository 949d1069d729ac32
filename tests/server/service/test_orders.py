"""A request is answered by exactly the meters it ordered; whatever is not accepted says why, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.server.support.orders import FEBRUARY, asked, rows

if TYPE_CHECKING:
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

SERIAL = "ABC000001"
MARCH = datetime(2026, 3, 1, 4, tzinfo=UTC)
NAMES = ("Total Impressions", "Black Impressions", "Color Impressions", "Large Impressions", "Fax Impressions")


def refusal(world: World, proxy: Proxy, meters: str) -> str:
    """Submit meters that are refused; return the reason of the receipt, which the journal and the list have too."""
    command_id = asked(world, proxy)
    answer = proxy.send(proxy.reading_payload(SERIAL, command_id, rows=meters), is_signed=True)
    assert answer.texts("Outcome") == ["Refused"]
    (reason,) = answer.texts("Reason")
    admin = world.server.administration
    assert list(admin.every.journal())[-1].note == f"{SERIAL} Refused: {reason}"
    (request,) = admin.every.requests()
    assert (request.state, request.reason) == ("open", reason)
    assert list(admin.every.bills()) == []
    return reason


def test_a_reading_that_lacks_an_ordered_meter_is_refused(world: World) -> None:
    """The request stays open: a meter that is left out would never be billed, and nobody would know."""
    proxy = world.active_proxy(SERIAL)
    assert refusal(world, proxy, rows(*NAMES[:4])) == "Fax Impressions was ordered and is missing"
    assert proxy.sync().commands[0]["Action"] == "Report"


def test_a_meter_that_nobody_ordered_is_not_billed(world: World) -> None:
    """The whole reading is refused, with the name of the meter."""
    proxy = world.active_proxy(SERIAL)
    assert refusal(world, proxy, rows(*NAMES, "Foo")) == "Foo was not ordered"


def test_a_meter_that_comes_twice_is_refused(world: World) -> None:
    """Which of the two would be billed?"""
    proxy = world.active_proxy(SERIAL)
    assert refusal(world, proxy, rows(*NAMES, NAMES[1])) == "Black Impressions comes twice"


def test_a_command_orders_its_meters_by_name_and_keeps_to_the_first_order(world: World) -> None:
    """A meter that becomes known meanwhile is ordered by the next command, not by one that was sent already."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    payload = proxy.devices_payload([SERIAL]).replace("</n:Device>", '<n:Meter Name="New">5</n:Meter></n:Device>')
    assert proxy.send(payload).texts("Outcome") == ["Accepted"]
    assert proxy.submit(SERIAL, command_id) == "Accepted"
    world.clock.moment = MARCH
    answer = proxy.sync()
    assert answer.body.decode().count("<tns:Meter ") == 6
    assert proxy.submit(SERIAL, answer.commands[0]["CommandId"], rows=rows(*NAMES, "New")) == "Accepted"


def test_a_meter_that_could_not_be_read_at_first_is_ordered_without_bounds(world: World) -> None:
    """It is opened by its first value, which bills nothing; nothing ordered by name is ever forgotten."""
    proxy = world.proxy()
    proxy.register()
    payload = proxy.devices_payload([SERIAL])
    broken = payload.replace('<n:Meter Name="Fax Impressions">1234567<', '<n:Meter Name="Fax Impressions"><')
    assert proxy.send(broken).texts("Outcome") == ["Accepted"]
    proxy.fleet.add(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    assert proxy.status(SERIAL, proxy.sync().commands[0]["CommandId"]) == "Accepted"
    world.clock.moment = FEBRUARY
    answer = proxy.sync()
    assert (answer.body.decode().count("<tns:Meter "), len(answer.texts("Ceiling"))) == (5, 4)
    assert b'<tns:Meter Name="Fax Impressions"/>' in answer.body
    assert proxy.submit(SERIAL, answer.commands[0]["CommandId"]) == "Accepted"
    billed = {bill.meter: bill.impressions for bill in world.server.administration.every.bills()}
    assert billed == dict.fromkeys(NAMES[:4], 100) | {NAMES[4]: 0}
    opened = {meter.name: meter.opening_value for meter in next(world.server.administration.every.devices()).meters}
    assert opened[NAMES[4]] == 1234667


def test_a_device_that_shows_no_meter_is_not_registered(world: World) -> None:
    """Nothing could ever be ordered of it; the client is told so."""
    proxy = world.proxy()
    proxy.register()
    payload = proxy.devices_payload([SERIAL]).replace(proxy.meters(1234567), "")
    answer = proxy.send(payload)
    assert (answer.texts("Outcome"), answer.texts("Reason")) == (
        ["Refused"],
        ["it shows no meter: there would be nothing to bill"],
    )


@pytest.mark.parametrize("mask", ["XXXXXXXXXX", "0000000000", "N/A", "unknown", "0123456789"])
def test_a_mask_is_not_registered_and_its_neighbours_are(world: World, mask: str) -> None:
    """Two printers that show it would get each other's bills; the client is told why."""
    proxy = world.proxy()
    proxy.register()
    answer = proxy.send(proxy.devices_payload([SERIAL, mask]))
    assert answer.texts("Outcome") == ["Accepted", "Refused"]
    assert answer.texts("Reason")[0].startswith("that is no serial number")
    assert [device.serial for device in world.server.administration.every.devices()] == [SERIAL]


def declined(world: World, proxy: Proxy, command_id: str, state: str) -> list[str]:
    """Answer a request by a state; return outcomes and reasons."""
    device = (
        f"<n:SerialNumber>{SERIAL}</n:SerialNumber><n:CommandId>{command_id}</n:CommandId><n:State>{state}</n:State>"
    )
    payload = proxy.reading_payload(SERIAL, command_id)
    start, end = payload.index("<n:Device>") + len("<n:Device>"), payload.index("</n:Device>")
    answer = proxy.send(payload[:start] + device + payload[end:], is_signed=True)
    assert list(world.server.administration.every.journal())[-1].operation == "SubmitBillingTransaction"
    return answer.texts("Outcome") + answer.texts("Reason")


@pytest.mark.parametrize(
    ("state", "becomes", "subject"),
    [
        ("Replaced", "replaced", "was replaced"),
        ("Retired", "retired", "was retired"),
        ("Unknown", "registered", "is not read any more"),
    ],
)
def test_a_device_that_the_client_does_not_read_is_asked_for_no_more(
    world: World, state: str, becomes: str, subject: str
) -> None:
    """The request is closed, the device leaves service, and the key user is told once, the truth and what to do."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy, MARCH)
    assert declined(world, proxy, command_id, state) == ["Accepted"]
    assert world.states() == {SERIAL: becomes}
    admin = world.server.administration
    states = {request.id: request.state for request in admin.every.requests()}
    assert states.pop(command_id) == "declined"
    assert set(states.values()) == {"cancelled"}
    assert declined(world, proxy, command_id, state) == ["Accepted"]
    for _ in range(3):
        world.clock.move(days=40)
        world.server.run_due_work()
        assert proxy.sync().commands == []
    (mail,) = admin.every.mails()
    assert (mail.recipient, subject in mail.subject) == ("key@acme.example", True)


def test_a_status_says_as_well_that_a_device_was_replaced(world: World) -> None:
    """A device that was carried away before it was turned on is not asked for either."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    assert proxy.status(SERIAL, proxy.sync().commands[0]["CommandId"], "Replaced") == "Accepted"
    assert world.states() == {SERIAL: "replaced"}
    assert [mail.subject for mail in world.server.administration.every.mails()] == [f"{SERIAL} was replaced"]


def test_a_state_beside_a_reading_is_refused(world: World) -> None:
    """Which of the two would be true?"""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    payload = proxy.reading_payload(SERIAL, command_id).replace(
        "<n:ReadDate>", "<n:State>Replaced</n:State><n:ReadDate>"
    )
    answer = proxy.send(payload, is_signed=True)
    assert answer.texts("Reason") == ["a state comes without a reading"]
    assert world.states() == {SERIAL: "active"}


def test_a_reading_without_a_date_is_refused(world: World) -> None:
    """Nobody could say which period it belongs to."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    payload = proxy.reading_payload(SERIAL, command_id)
    start, end = payload.index("<n:ReadDate>"), payload.index("</n:ReadDate>") + len("</n:ReadDate>")
    answer = proxy.send(payload[:start] + payload[end:], is_signed=True)
    assert answer.texts("Reason") == ["the reading has no date"]


def test_every_refusal_has_its_reason(world: World) -> None:
    """Whatever the cause: the receipt, and the journal, say in words what was wrong."""
    proxy = world.active_proxy(SERIAL, "DEF000001")
    stranger = world.proxy(2)
    stranger.register("GHI000001")
    seen = []

    def refused(sender: Proxy, payload: str) -> None:
        answer = sender.send(payload, is_signed=True)
        assert answer.texts("Outcome")[0] == "Refused"
        (reason,) = answer.texts("Reason")
        assert list(world.server.administration.every.journal())[-1].note.endswith(f"Refused: {reason}")
        seen.append(reason)

    refused(stranger, stranger.devices_payload([SERIAL]))
    world.clock.moment = FEBRUARY
    command_id = next(c["CommandId"] for c in proxy.sync().commands if c["SerialNumber"] == SERIAL)
    refused(stranger, stranger.reading_payload(SERIAL, command_id))
    refused(proxy, proxy.reading_payload("XXX000001", command_id))
    refused(proxy, proxy.reading_payload("DEF000001", command_id))
    refused(proxy, proxy.reading_payload(SERIAL, proxy.new_id()))
    refused(proxy, proxy.status_payload(SERIAL, command_id))
    refused(proxy, proxy.reading_payload(SERIAL, command_id, read_at=FEBRUARY - timedelta(hours=9)))
    refused(proxy, proxy.reading_payload(SERIAL, command_id, read_at=FEBRUARY + timedelta(hours=9)))
    assert proxy.submit(SERIAL, command_id) == "Accepted"
    refused(proxy, proxy.reading_payload(SERIAL, command_id, 7))
    world.clock.move(hours=1)
    by_hand = world.server.administration.request_billing(SERIAL)
    proxy.sync()
    world.server.administration.retire(SERIAL)
    refused(proxy, proxy.reading_payload(SERIAL, by_hand))
    assert len(set(seen)) == len(seen) == 10


def test_the_key_user_is_told_once_of_a_device_that_is_dead(world: World) -> None:
    """Not every cycle anew while nothing has come; and again when it came back and failed once more."""
    proxy = world.active_proxy(SERIAL)
    for month in (2, 3, 4):
        world.clock.moment = datetime(2026, month, 8, tzinfo=UTC)
        world.server.run_due_work()
    admin = world.server.administration
    assert len(list(admin.every.mails())) == 1
    while commands := proxy.sync().commands:
        assert proxy.submit(SERIAL, commands[0]["CommandId"]) == "Accepted"
    world.clock.moment = datetime(2026, 5, 8, tzinfo=UTC)
    world.server.run_due_work()
    assert len(list(admin.every.mails())) == 2
