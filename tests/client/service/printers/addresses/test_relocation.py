"""Two machines are never made one: who shows a known serial number elsewhere is followed, held or told of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.service.printers.addresses.searches import Searched
from esolutions_client.service.printers.discovery import SearchReport, find_printers
from esolutions_client.snmp.errors import AgentError, SilentError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.search.discovery import Found, discover
from esolutions_simulators.fleet import Fleet
from esolutions_simulators.printer import SimulatedPrinter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.agent import MeterAgent
    from tests.client.service.support.office import Office

ELSEWHERE = "127.0.0.99"
UNSEARCHED = "127.0.0.200"
A_POLL = timedelta(hours=2)


def search(office: Office, *hosts: str) -> SearchReport:
    """Search where the printers stand and at one more address, or at some addresses alone."""
    targets = hosts or (*office.fleet.addresses, ELSEWHERE)
    identity, timeouts = office.agent.identity, office.world.snmp_timeouts
    searched = Searched(tuple(targets), port=1161)
    return find_printers(office.store, office.lan, identity, searched, now=lambda: office.now, timeouts=timeouts)


def device(office: Office, serial: str) -> Device:
    """Return a printer as the client knows it."""
    found = office.store.devices.get(serial)
    assert found is not None
    return found


def kinds(office: Office, serial: str) -> list[str]:
    """Return what was noted about a printer, oldest first."""
    return [kind for _, kind, _, _ in reversed(office.store.events(-1, serial))]


def shown_by(office: Office, printer: SimulatedPrinter) -> int:
    """Return what the first meter of a simulated printer shows now."""
    return printer.counters_at(office.now)["Total Impressions"]


def last_total(office: Office, serial: str) -> int:
    """Return the first meter of the newest reading of a printer."""
    (row,) = office.store.readings.newest(device(office, serial).device_id, 1)
    return int(row.body.removeprefix("[[").partition(",")[0])


def read(office: Office) -> None:
    """Poll some time later."""
    office.pass_time(A_POLL)
    office.agent.poll()


def accept(office: Office, serial: str) -> None:
    """Let a person say that the printer is what it may be."""
    agent: MeterAgent = office.agent
    agent.polling.accept(serial)


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


def test_a_printer_that_moved_is_moved(office: Office) -> None:
    """Silent at its old address, the same machine elsewhere: no person needs to hear of it."""
    printer, _ = office.fleet
    printer.move(office.now, ELSEWHERE)
    report = search(office)
    assert (report.moved, report.held, report.gone) == ((printer.serial,), (), ())
    assert (device(office, printer.serial).host, device(office, printer.serial).held_since) == (ELSEWHERE, None)


def test_two_printers_that_change_places_are_both_moved_by_a_search(office: Office) -> None:
    """At the old address of each answers another serial number."""
    one, other = office.fleet
    one.move(office.now, other.address)
    other.move(office.now, one.address)
    assert sorted(search(office).moved) == sorted(office.serials)
    assert device(office, one.serial).host == other.address
    assert device(office, other.serial).host == one.address


def test_the_old_address_is_asked_even_where_nobody_searched(office: Office) -> None:
    """A search of one address cannot know that the printer is still at another one."""
    original, copy = office.fleet
    copy.show_serial(office.now, original.serial)
    report = search(office, copy.address)
    assert (report.moved, report.held) == ((), ())
    assert device(office, original.serial).host == original.address


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


def test_an_agent_that_was_on_for_too_long_is_identified(office: Office) -> None:
    """The counters go on where they were, and the uptime gives the other machine away."""
    original, copy = office.fleet
    original.power_off(office.now)
    original.power_on(office.now)
    read(office)
    copy.jump(office.now, shown_by(office, original))
    original.move(office.now, UNSEARCHED)
    copy.show_serial(office.now, original.serial)
    copy.move(office.now, original.address)
    read(office)
    assert device(office, original.serial).held_reason == "it may be another machine: its hardware address is another"


def test_counters_that_fell_on_the_way_hold_a_printer(office: Office) -> None:
    """It may have a new controller; one acceptance is enough, and it is read where it is."""
    printer, _ = office.fleet
    printer.move(office.now, ELSEWHERE)
    printer.swap_controller(office.now)
    assert search(office).held == (printer.serial,)
    reason = device(office, printer.serial).held_reason
    assert reason is not None
    assert "shows 0 after" in reason
    accept(office, printer.serial)
    read(office)
    assert (device(office, printer.serial).host, device(office, printer.serial).held_since) == (ELSEWHERE, None)
    assert last_total(office, printer.serial) == shown_by(office, printer)


def test_a_printer_held_for_doubt_is_not_registered(new_office: Office) -> None:
    """The sentence says what to run."""
    first, _ = new_office.fleet
    search(new_office, first.address)
    first.move(new_office.now, ELSEWHERE)
    first.swap_controller(new_office.now)
    assert search(new_office).held == (first.serial,)
    assert f"accept {first.serial}" in new_office.agent.register([first.serial]).unreachable[first.serial]


def test_a_printer_that_was_only_found_is_known_by_what_it_showed(new_office: Office) -> None:
    """It is not registered, and still another machine is not taken for it."""
    first, second = new_office.fleet
    search(new_office, first.address)
    first.power_off(new_office.now)
    second.show_serial(new_office.now, first.serial)
    report = search(new_office)
    assert (report.moved, report.held) == ((), (first.serial,))
    assert device(new_office, first.serial).host == first.address


def test_what_answers_and_cannot_be_read_is_named(office: Office) -> None:
    """Neither a printer that refuses to be identified nor whatever fails at the first question is left out."""

    class Refusing:
        def converse(self, tasks: Any) -> Iterator[Any]:
            yield [(index, AgentError(5, 0)) for index, _ in enumerate(tasks)]

    class Silent:
        def converse(self, tasks: Any) -> Iterator[Any]:
            yield [(index, SilentError("nothing came")) for index, _ in enumerate(tasks)]

    class Everywhere:
        def answering(self, targets: Any) -> Iterator[int]:
            yield from range(len(targets))

    def unreadable(port: Any, prober: Any = None) -> list[Found]:
        return list(discover(port, [Target("127.0.0.10", 1161)], now=lambda: office.now, prober=prober))

    assert [type(found.outcome) for found in unreadable(Refusing())] == [AgentError]
    assert unreadable(Silent()) == []
    assert [type(found.outcome) for found in unreadable(Silent(), Everywhere())] == [SilentError]


@pytest.mark.parametrize("state", ["replaced", "retired"])
def test_who_has_left_is_not_missed(office: Office, state: str) -> None:
    """A printer that was carried away does not answer, and that is no trouble."""
    gone, stays = office.fleet
    gone.power_off(office.now)
    assert search(office).gone == (gone.serial,)
    known = device(office, gone.serial)
    office.store.devices.save(type(known)(**{**_fields(known), "state": state}))
    assert search(office).gone == ()
    assert device(office, stays.serial).state == "active"


def _fields(known: Device) -> dict[str, Any]:
    return {name: getattr(known, name) for name in type(known).__dataclass_fields__}
