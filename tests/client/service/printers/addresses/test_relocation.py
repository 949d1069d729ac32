"""Two machines are never made one: who shows a known serial number elsewhere is followed, held or told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.errors import AgentError, SilentError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.search.discovery import Found, discover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.fleet.device import Device
    from tests.support.office import Office
from tests.client.service.support.printer_searches import (
    ELSEWHERE,
    UNSEARCHED,
    accept,
    device,
    last_total,
    read,
    search,
    shown_by,
)


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
