"""Held readings: what a person decides about a meter that could not be read, and what is billed then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.presentation.views import HeldDecision
from tests.server.support.orders import asked, rows

if TYPE_CHECKING:
    from tests.server.support.world import World

SERIAL = "ABC000001"


MARCH = datetime(2026, 3, 1, 4, tzinfo=UTC)

NAMES = ("Total Impressions", "Black Impressions", "Color Impressions", "Large Impressions", "Fax Impressions")


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
