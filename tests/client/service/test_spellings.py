"""A serial number in another case, with blanks or in full-width letters is the same printer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import UsageError
from esolutions_client.service.printers.addresses.searches import Searched
from esolutions_client.service.printers.discovery import find_printers
from esolutions_server.soap.contract.application import Call
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.support.office import Office

ELSEWHERE = "127.0.0.99"
A_MINUTE = timedelta(minutes=1)
A_POLL = timedelta(hours=2)
_write = Call.write


def silent(office: Office) -> list[str]:
    """Return the printers that do not answer, as the client sees it."""
    return [device.serial_number for device in office.store.devices.all() if device.silent_since is not None]


def shout(office: Office) -> None:
    """Let the printers show their numbers in lower case, as after new firmware."""
    for printer, serial in zip(office.fleet, office.serials, strict=True):
        printer.show_serial(office.now + A_MINUTE, serial.lower())
    office.pass_time(A_POLL)


def wide(serial: str) -> str:
    """Write a serial number in full-width letters, with blanks around it."""
    return " " + "".join(chr(ord(letter) + 0xFEE0) for letter in serial) + "\u200b "


def test_a_printer_that_shows_its_number_in_another_case_is_the_same(office: Office) -> None:
    """It is read, billed and known by the number under which it was registered."""
    before = [device.device_id for device in office.store.devices.all()]
    shout(office)
    assert (office.agent.poll().answered, silent(office)) == (tuple(office.serials), [])
    for serial in office.serials:
        office.administration.request_billing(serial.lower())
    office.agent.sync()
    assert office.open_requests() == []
    assert {bill.serial for bill in office.administration.every.bills()} == set(office.serials)
    assert [device.device_id for device in office.store.devices.all()] == before


def test_a_search_finds_the_same_printer_in_another_case(office: Office) -> None:
    """It is neither new nor gone, and one that has moved is followed."""
    shout(office)
    office.fleet.by_serial(office.serials[0]).move(office.now + A_MINUTE, ELSEWHERE)
    office.pass_time(A_POLL)
    targets = (*office.fleet.addresses, ELSEWHERE)
    identity, timeouts = office.agent.identity, office.world.snmp_timeouts
    searched = Searched(targets, port=1161)
    report = find_printers(
        office.store, office.machine.snmp(), identity, searched, now=lambda: office.now, timeouts=timeouts
    )
    assert (report.new, report.gone, report.held, report.moved) == ((), (), (), (office.serials[0],))
    assert [found.device is not None for found in report.found] == [True, True]
    moved = office.device(office.serials[0])
    assert moved.host == ELSEWHERE
    assert len(office.store.devices.all()) == len(office.serials)


def test_a_printer_that_moved_is_followed_in_another_case(office: Office) -> None:
    """By `run`, without a search by hand; and two that change places are each themselves."""
    shout(office)
    one, other = office.fleet
    places = one.address, other.address
    one.move(office.now + A_MINUTE, places[1])
    other.move(office.now + A_MINUTE, places[0])
    office.pass_time(A_POLL)
    office.agent.poll()
    hosts = [device.host for device in office.store.devices.all()]
    assert (hosts, silent(office)) == ([places[1], places[0]], [])


@pytest.mark.parametrize("spell", [str.lower, wide, "\t{}\n".format])
def test_whatever_a_person_types_is_the_printer(new_office: Office, spell: Any) -> None:
    """Registered and retired under any spelling, and kept under its own."""
    new_office.discover()
    serial = new_office.serials[0]
    assert new_office.agent.register([spell(serial)]).queued == (serial,)
    device = new_office.agent.retire(spell(serial))
    assert (device.serial_number, device.state) == (serial, "retired")
    assert len(new_office.store.devices.all()) == len(new_office.serials)


def test_a_number_that_is_known_under_no_spelling_is_said_as_it_was_typed(office: Office) -> None:
    """And nothing is found by an empty one."""
    for typed in ("nobody001", "", " "):
        with pytest.raises(UsageError, match=f"no printer {typed} is known"):
            office.agent.retire(typed)


def test_a_number_in_lower_case_is_sent_as_the_printer_shows_it(new_office: Office) -> None:
    """The server lists its canonical form, and speaks to the client in the client's words: both mean one fleet."""
    for printer, serial in zip(new_office.fleet, new_office.serials, strict=True):
        printer.show_serial(new_office.now + A_MINUTE, serial.lower())
    new_office.pass_time(A_POLL)
    labels = new_office.serials
    new_office.serials = [serial.lower() for serial in labels]
    new_office.enrol()
    assert [device.state for device in new_office.store.devices.all()] == ["active", "active"]
    assert [device.serial for device in new_office.administration.every.devices()] == sorted(labels)
    assert any(serial.lower().encode() in body for serial in labels for body in new_office.line.sent)
    new_office.agent.sync()
    assert list(new_office.administration.every.journal())[-1].note == ""


def test_a_server_may_spell_numbers_its_own_way(new_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and receipts in the canonical form, the ids of messages in upper case: they are the client's own."""

    def loudly(call: Call, response: Any) -> bytes:
        response = replace(response, in_reply_to=response.in_reply_to.upper())
        name = "commands" if hasattr(response, "commands") else "devices"
        rows = tuple(replace(row, serial=row.serial.upper()) for row in getattr(response, name))
        return _write(call, replace(response, **{name: rows}))

    monkeypatch.setattr(Call, "write", loudly)
    test_a_number_in_lower_case_is_sent_as_the_printer_shows_it(new_office)
    for serial in new_office.serials:
        new_office.administration.request_billing(serial)
    new_office.pass_time(A_POLL)
    new_office.agent.sync()
    assert new_office.open_requests() == []
    known = {device.serial_number for device in new_office.store.devices.all()}
    assert known == set(new_office.serials)
    assert all(new_office.store.readings.transmitted(serial) for serial in some(known))
