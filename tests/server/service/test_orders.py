"""A request is answered by exactly the meters it ordered; whatever is not accepted says why, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.presentation.views import HeldDecision

if TYPE_CHECKING:
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

SERIAL = "ABC000001"
FEBRUARY = datetime(2026, 2, 1, 4, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, 4, tzinfo=UTC)
NAMES = ("Total Impressions", "Black Impressions", "Color Impressions", "Large Impressions", "Fax Impressions")


def rows(*names: str, value: object = 1234667) -> str:
    """Write meters of these names."""
    return "".join(f'<n:Meter Name="{name}">{value}</n:Meter>' for name in names)


def asked(world: World, proxy: Proxy, when: datetime = FEBRUARY) -> str:
    """Let a period end and return the request that comes of it."""
    world.clock.moment = when
    return proxy.sync().commands[0]["CommandId"]


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


def test_a_meter_that_cannot_be_read_holds_the_reading_and_says_so(world: World) -> None:
    """Its row without a value is kept; key user, receipt, journal and every held value say why."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    meters = rows(*NAMES[:4]) + rows(NAMES[4], value="")
    answer = proxy.send(proxy.reading_payload(SERIAL, command_id, rows=meters), is_signed=True)
    assert (answer.texts("Outcome"), answer.texts("Reason")) == (["Held"], ["Fax Impressions cannot be read"])
    admin = world.server.administration
    assert list(admin.every.journal())[-1].note == f"{SERIAL} Held: Fax Impressions cannot be read"
    held = {bill.meter: (bill.value, bill.reason) for bill in admin.every.held()}
    assert held == {name: (None if name == NAMES[4] else 1234667, "Fax Impressions cannot be read") for name in NAMES}
    (mail,) = admin.every.mails()
    assert "Fax Impressions cannot be read" in mail.body
    assert command_id in mail.body


def test_what_was_read_is_billed_when_a_person_accepts(world: World) -> None:
    """The meter without a value is not; the next reading of it counts from the last one that was billed."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    assert proxy.submit(SERIAL, command_id, rows=rows(*NAMES[:4]) + rows(NAMES[4], value="")) == "Held"
    admin = world.server.administration
    assert admin.accept_held(command_id) == HeldDecision(billed=NAMES[:4], not_billed=(NAMES[4],))
    assert {bill.meter: bill.impressions for bill in admin.every.bills()} == dict.fromkeys(NAMES[:4], 100)
    assert [(bill.meter, bill.outcome) for bill in admin.every.not_billed()] == [(NAMES[4], "Unread")]
    world.clock.moment = MARCH
    answer = proxy.sync()
    assert answer.texts("LastValue") == ["1234667"] * 4 + ["1234567"]
    assert proxy.submit(SERIAL, answer.commands[0]["CommandId"], 1234767) == "Accepted"
    newest = {bill.meter: bill.impressions for bill in list(admin.every.bills())[4:]}
    assert newest == dict.fromkeys(NAMES[:4], 100) | {NAMES[4]: 200}


def test_a_rejected_reading_is_asked_for_anew(world: World) -> None:
    """For the same period, under a new request; the old one takes no answer any more."""
    proxy = world.active_proxy(SERIAL)
    command_id = asked(world, proxy)
    meters = rows(*NAMES[:4]) + rows(NAMES[4], value="")
    assert proxy.submit(SERIAL, command_id, rows=meters) == "Held"
    world.clock.move(hours=1)
    admin = world.server.administration
    again = admin.reject_held(command_id)
    assert again is not None
    assert {bill.outcome for bill in admin.every.not_billed()} == {"Rejected"}
    (command,) = proxy.sync().commands
    assert (command["CommandId"], command["PeriodEnd"]) == (again, "2026-02-01T00:00:00Z")
    assert proxy.submit(SERIAL, command_id, rows=meters) == "Refused"
    assert proxy.submit(SERIAL, again) == "Accepted"
    assert len(list(admin.every.bills())) == 5
    with pytest.raises(AdministrationError, match="nothing is held"):
        admin.reject_held(command_id)


def test_a_rejected_reading_of_a_period_that_is_billed_is_not_asked_for(world: World) -> None:
    """A restored server holds again what was decided; what was billed since comes back from the client."""
    proxy = world.active_proxy(SERIAL)
    held = asked(world, proxy)
    assert proxy.submit(SERIAL, held, rows=rows(*NAMES[:4]) + rows(NAMES[4], value="")) == "Held"
    world.clock.move(hours=1)
    payload = proxy.reading_payload(SERIAL, proxy.new_id())
    again = payload.replace("</n:ReadDate>", "</n:ReadDate><n:PeriodEnd>2026-02-01T00:00:00Z</n:PeriodEnd>")
    assert proxy.send(again, is_signed=True).texts("Outcome") == ["Accepted"]
    assert world.server.administration.reject_held(held) is None
    assert proxy.sync().commands == []


def test_a_held_reading_that_a_later_bill_covers_is_not_billed_again(world: World) -> None:
    """Accepted late, it changes neither the sum of what is billed nor what the next reading is compared with."""
    proxy = world.active_proxy(SERIAL)
    held = asked(world, proxy)
    assert proxy.submit(SERIAL, held, rows=rows(*NAMES[:4]) + rows(NAMES[4], value="")) == "Held"
    later = asked(world, proxy, MARCH)
    assert proxy.submit(SERIAL, later, 1234767) == "Accepted"
    admin = world.server.administration
    assert admin.accept_held(held) == HeldDecision(billed=(), not_billed=NAMES)
    assert {bill.impressions for bill in admin.every.bills()} == {200}
    assert {meter.last_value for meter in next(admin.every.devices()).meters} == {1234767}


def test_a_person_is_asked_once_about_a_meter_that_is_broken_for_good(world: World) -> None:
    """Accepted without it once, the next readings are billed without it, until it is back."""
    proxy = world.active_proxy(SERIAL)
    broken = rows(NAMES[4], value="")
    first = asked(world, proxy)
    assert proxy.submit(SERIAL, first, rows=rows(*NAMES[:4]) + broken) == "Held"
    admin = world.server.administration
    admin.accept_held(first)
    second = asked(world, proxy, MARCH)
    assert proxy.submit(SERIAL, second, rows=rows(*NAMES[:4], value=1234767) + broken) == "Accepted"
    assert [bill.outcome for bill in admin.every.not_billed()] == ["Unread"] * 2
    assert {bill.reason for bill in admin.every.not_billed()} == {"Fax Impressions cannot be read"}
    third = asked(world, proxy, datetime(2026, 4, 1, 4, tzinfo=UTC))
    assert proxy.submit(SERIAL, third, 1234867) == "Accepted"
    assert [bill.impressions for bill in list(admin.every.bills())[-5:]] == [100, 100, 100, 100, 300]
    fourth = asked(world, proxy, datetime(2026, 5, 1, 4, tzinfo=UTC))
    assert proxy.submit(SERIAL, fourth, rows=rows(*NAMES[:4], value=1234967) + broken) == "Held"


def test_two_held_readings_are_billed_once_each(world: World) -> None:
    """Accepted one after the other, the second counts from the first."""
    proxy = world.active_proxy(SERIAL)
    broken = rows(NAMES[4], value="")
    first = asked(world, proxy)
    assert proxy.submit(SERIAL, first, rows=rows(*NAMES[:4]) + broken) == "Held"
    second = asked(world, proxy, MARCH)
    assert proxy.submit(SERIAL, second, rows=rows(*NAMES[:4], value=1234767) + broken) == "Held"
    admin = world.server.administration
    for command_id in (first, second):
        admin.accept_held(command_id)
    assert [bill.impressions for bill in admin.every.bills()] == [100] * 8


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
