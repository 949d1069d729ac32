"""Two machines that show one serial number: told of, never made one, and never read for each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.printers.printer import SimulatedPrinter

if TYPE_CHECKING:
    from tests.support.office import Office
from tests.client.service.support.printer_searches import (
    A_POLL,
    ELSEWHERE,
    UNSEARCHED,
    accept,
    device,
    last_total,
    read,
    search,
    shown_by,
)


def kinds(office: Office, serial: str) -> list[str]:
    """Return what was noted about a printer, oldest first."""
    return [kind for _, kind, _, _ in reversed(office.store.events(-1, serial))]


def test_one_serial_at_two_addresses_is_told_of_and_overwrites_nothing(office: Office) -> None:
    """The one that is known stays where it is, in service; the other one is listed with no state."""
    original, copy = office.fleet
    known = device(office, original.serial)
    copy.show_serial(office.now, original.serial)
    for _ in range(2):
        report = search(office)
        assert report.duplicates == {original.serial: ((original.address, 1161), (copy.address, 1161))}
        assert [printer.device is None for printer in report.found] == [False, True]
        assert (report.moved, report.held, report.new) == ((), (), ())
        assert report.gone == (copy.serial,)
    found = device(office, original.serial)
    assert (found.host, found.held_since, found.model) == (known.host, None, known.model)
    assert kinds(office, original.serial).count("duplicate") == 1


def test_two_new_printers_with_one_serial_are_one_entry_and_cannot_be_registered(new_office: Office) -> None:
    """A person who chooses it hears both addresses; once one of them has its own, it can be chosen."""
    original, copy = new_office.fleet
    copy.show_serial(new_office.now, original.serial)
    report = search(new_office)
    assert report.new == (original.serial,)
    new_office.administration.add_account("Office", "key.user@customer.example")
    chosen = new_office.agent.register([original.serial])
    assert chosen.queued == ()
    assert f"{original.address}:1161" in chosen.unreachable[original.serial]
    assert f"{copy.address}:1161" in chosen.unreachable[original.serial]
    copy.show_serial(new_office.now + timedelta(seconds=1))
    new_office.pass_time(timedelta(minutes=1))
    assert new_office.agent.register([original.serial]).queued == (original.serial,)


def test_another_machine_is_not_followed_while_the_printer_is_off(office: Office) -> None:
    """It is held, with a reason that names no address, and not one number of the other machine is kept."""
    original, copy = office.fleet
    original.power_off(office.now)
    copy.show_serial(office.now, original.serial)
    office.pass_time(A_POLL)
    before = office.store.readings.count()
    office.agent.poll()
    held = device(office, original.serial)
    assert (held.host, held.held_reason) == (
        original.address,
        "it may be another machine: its hardware address is another",
    )
    office.run_for(timedelta(days=2))
    assert kinds(office, original.serial).count("held") == 1
    assert office.store.readings.count() == before
    assert search(office).held == (original.serial,)


def test_a_doubt_ends_when_the_printer_answers_at_its_own_address(office: Office) -> None:
    """No person has to accept what was never true."""
    original, copy = office.fleet
    original.power_off(office.now)
    copy.show_serial(office.now, original.serial)
    office.pass_time(A_POLL)
    office.agent.poll()
    assert device(office, original.serial).held_since is not None
    original.power_on(office.now)
    read(office)
    back = device(office, original.serial)
    assert (back.host, back.held_since, back.doubt) == (original.address, None, None)
    assert last_total(office, original.serial) == shown_by(office, original)


def test_a_person_who_accepts_takes_the_other_address_over(office: Office) -> None:
    """A machine with a new card and a new controller: one word suffices, for its address and for its counters."""
    printer, _ = office.fleet
    repaired = SimulatedPrinter("nominal", printer.serial, 4711, office.now - timedelta(days=1), ELSEWHERE)
    printer.power_off(office.now)
    office.fleet = Fleet([*office.fleet, repaired])
    office.world.show_fleet(office.fleet)
    search(office)
    held = device(office, printer.serial)
    assert (held.host, held.held_since) == (printer.address, office.now)
    office.pass_time(A_POLL)
    accept(office, printer.serial)
    taken = device(office, printer.serial)
    assert (taken.host, taken.held_since, taken.doubt) == (ELSEWHERE, None, None)
    read(office)
    assert device(office, printer.serial).held_since is None
    assert last_total(office, printer.serial) == shown_by(office, repaired)
    assert search(office).held == ()


def test_a_twin_in_its_place_is_noticed_and_the_printer_found_where_it_went(office: Office) -> None:
    """The serial number at the address is the right one; the machine is not."""
    original, copy = office.fleet
    copy.jump(office.now, shown_by(office, original) + 20_000)
    copy.show_serial(office.now, original.serial)
    original.move(office.now, ELSEWHERE)
    copy.move(office.now, original.address)
    search(office, ELSEWHERE)
    moved = device(office, original.serial)
    assert (moved.host, moved.held_since) == (ELSEWHERE, None)
    assert kinds(office, original.serial).count("moved") == 1


def test_a_twin_in_its_place_is_not_read(office: Office) -> None:
    """More pages than were printed, and the next question is who it is."""
    original, copy = office.fleet
    copy.jump(office.now, shown_by(office, original) + 20_000)
    original.move(office.now, UNSEARCHED)
    copy.show_serial(office.now, original.serial)
    copy.move(office.now, original.address)
    before = last_total(office, original.serial)
    read(office)
    held = device(office, original.serial)
    assert held.held_reason == "it may be another machine: its hardware address is another"
    assert held.silent_since is not None
    assert last_total(office, original.serial) == before


def test_a_printer_held_for_doubt_is_not_registered(new_office: Office) -> None:
    """The sentence says what to run."""
    first, _ = new_office.fleet
    search(new_office, first.address)
    first.move(new_office.now, ELSEWHERE)
    first.swap_controller(new_office.now)
    assert search(new_office).held == (first.serial,)
    assert f"accept {first.serial}" in new_office.agent.register([first.serial]).unreachable[first.serial]
