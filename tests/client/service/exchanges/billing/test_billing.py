"""What is billed is fresh, of the right printer, and credible to a person; everything else waits and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.office import Office

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from esolutions_client.errors import UsageError
from esolutions_client.store.store import Store
from tests.support.seen import some

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def notes(office: Office) -> list[str | None]:
    """Return why billing requests wait."""
    return [command.note for command in office.store.commands.open_reports()]


def bills(office: Office, serial: str) -> dict[str, int]:
    """Return the newest billed values of a printer."""
    return {bill.meter: bill.value for bill in office.administration.every.bills(serial)}


def test_a_request_is_answered_with_a_reading_taken_after_it(office: Office) -> None:
    """However young the last poll: the printer is read again, and the value is what it shows then."""
    office.run_for(HOUR)
    office.agent.poll()
    office.pass_time(MINUTE)
    office.administration.request_billing(office.serials[0])
    asked_at = office.now
    office.pass_time(MINUTE)
    office.agent.sync()
    billed = list(office.administration.every.bills(office.serials[0]))
    assert {bill.read_at for bill in billed} == {office.now}
    assert office.now > asked_at
    shown = office.fleet.by_serial(office.serials[0]).counters_at(office.now)
    assert bills(office, office.serials[0]) == {name: shown[name] for name in bills(office, office.serials[0])}


def test_a_printer_that_is_off_is_answered_when_it_is_back(office: Office) -> None:
    """The other one is billed at once; nothing old is sent for the one that is off, and nothing is invented."""
    off, on = office.serials
    office.fleet.by_serial(off).power_off(office.now + MINUTE)
    office.fleet.by_serial(off).power_on(office.now + 3 * DAY)
    office.pass_time(HOUR)
    for serial in office.serials:
        office.administration.request_billing(serial)
    office.agent.sync()
    assert office.open_requests() == [off]
    assert bills(office, on)
    assert office.device(off).silent_since is not None
    office.run_for(2 * DAY)
    assert office.open_requests() == [off]
    back = office.now + DAY
    office.run_for(2 * DAY)
    assert office.open_requests() == []
    assert all(bill.read_at >= back - DAY for bill in some(office.administration.every.bills(off)))
    assert office.device(off).silent_since is None


def test_a_reading_taken_before_the_request_is_never_sent(office: Office) -> None:
    """Not even when it is all there is, and not after a restart."""
    serial = office.serials[0]
    office.agent.poll()
    office.fleet.by_serial(serial).power_off(office.now + MINUTE)
    office.pass_time(HOUR)
    office.administration.request_billing(serial)
    office.line.sent.clear()
    office.agent.sync()
    office.restart()
    office.run_for(2 * DAY)
    assert [body for body in office.line.sent if b":SubmitBillingTransaction" in body] == []
    assert office.open_requests() == [serial]


def fall(office: Office, serial: str) -> None:
    """Let the controller of a printer be swapped: its counters begin again."""
    office.fleet.by_serial(serial).swap_controller(office.now + MINUTE)
    office.pass_time(HOUR)


def test_a_counter_that_went_backwards_is_held(office: Office) -> None:
    """Nothing is billed from it until a person has looked; the other printer is not concerned."""
    swapped, other = office.serials
    fall(office, swapped)
    office.agent.poll()
    held = office.device(swapped)
    assert held.held_since == office.now
    assert (held.held_reason or "").startswith("counters went backwards: Total Impressions from ")
    for serial in office.serials:
        office.administration.request_billing(serial)
    office.agent.sync()
    office.run_for(2 * DAY)
    assert office.open_requests() == [swapped]
    assert bills(office, other)
    assert notes(office) == [f"held: {held.held_reason}"]


def test_what_a_person_accepts_is_sent(office: Office) -> None:
    """The next reading after it is billed or judged by the server; the client no longer stands in the way."""
    serial = office.serials[0]
    fall(office, serial)
    office.agent.poll()
    office.administration.request_billing(serial)
    office.agent.sync()
    office.agent.polling.accept(serial)
    office.pass_time(HOUR)
    office.agent.poll()
    assert office.device(serial).held_since is None
    assert notes(office) == []
    judged = list(office.administration.every.held(serial)) or list(office.administration.every.bills(serial))
    assert {value.read_at for value in judged} == {office.now}


def test_an_acceptance_ends_with_the_next_bill(office: Office) -> None:
    """A person looked at one reading, not at all that come after it: new bounds count again."""
    serial = office.serials[0]
    fall(office, serial)
    office.agent.poll()
    office.administration.request_billing(serial)
    office.agent.sync()
    office.agent.polling.accept(serial)
    office.pass_time(HOUR)
    office.agent.poll()
    with office.store.transaction():
        shown = office.fleet.by_serial(serial).counters_at(office.now)
        office.store.readings.mark_transmitted(serial, office.now, shown.items())
    office.pass_time(HOUR)
    office.fleet.by_serial(serial).jump(office.now + MINUTE, 90_000_000)
    office.pass_time(HOUR)
    for held in {value.command_id for value in office.administration.every.held(serial)}:
        office.administration.accept_held(held)
    office.administration.request_billing(serial)
    office.agent.sync()
    (note,) = notes(office)
    assert note is not None
    assert "is more than the" in note


def test_a_meter_that_was_not_shown_for_once_is_not_forgotten(office: Office) -> None:
    """It comes back lower: held, in the same run and after a restart."""
    for restarts in (False, True):
        serial = office.serials[int(restarts)]
        office.agent.poll()
        tracked = office.agent.polling.by_serial(serial)
        assert tracked is not None
        assert tracked.poll is not None
        blank = tracked.poll._replace(meter_values=(None,) * len(tracked.poll.meter_values))
        office.pass_time(HOUR)
        with office.store.transaction():
            polling = office.agent.polling
            row = polling._recorder.keep(tracked, blank, polling._when())
            office.store.readings.add(office.store.readings.begin_round(), [row])
        if restarts:
            office.restart()
        fall(office, serial)
        office.agent.poll()
        assert office.device(serial).held_since == office.now


def test_a_value_that_is_too_high_waits_for_a_person(office: Office) -> None:
    """The server said how much is credible; the request stays open and says so, once, however often it is read."""
    serial = office.serials[0]
    office.fleet.by_serial(serial).jump(office.now + MINUTE, 50_000_000)
    office.pass_time(HOUR)
    office.administration.request_billing(serial)
    office.agent.sync()
    (note,) = notes(office)
    assert note is not None
    assert note.startswith("Total Impressions is more than the ")
    office.pass_time(DAY)
    assert notes(office) == [note]
    assert [text for _, kind, _, text in office.store.events(-1, serial) if kind == "unanswered"] == [note]
    assert bills(office, serial) == {}


def test_a_replaced_printer_is_never_billed_under_the_old_number(office: Office) -> None:
    """Another machine at the same address: the old one is silent, the new one is listed and waits for a person."""
    old = office.serials[0]
    office.fleet.by_serial(old).replace(office.now + MINUTE, "NEW000001", 5)
    office.pass_time(HOUR)
    office.administration.request_billing(old)
    office.agent.sync()
    office.run_for(DAY)
    assert bills(office, old) == {}
    assert "another printer, NEW000001, answers" in (office.device(old).silent_reason or "")
    found = office.device("NEW000001")
    assert found.state == "discovered"
    office.agent.register(["NEW000001"])
    assert office.device("NEW000001").state == "registered"
    replaced = office.device(old)
    assert (replaced.state, replaced.replaced_by) == ("replaced", "NEW000001")


def test_two_printers_that_change_places_are_each_billed_as_themselves(office: Office) -> None:
    """A printer is known by its serial number, not by where it stands."""
    first, second = office.serials
    one, other = office.fleet
    places = one.address, other.address
    at = office.now + MINUTE
    one.move(at, places[1])
    other.move(at, places[0])
    office.pass_time(HOUR)
    office.agent.poll()
    assert [office.device(serial).host for serial in (first, second)] == [places[1], places[0]]
    for serial in office.serials:
        office.administration.request_billing(serial)
    office.agent.sync()
    for serial in some(office.serials):
        shown = office.fleet.by_serial(serial).counters_at(office.now)
        assert bills(office, serial)["Total Impressions"] == shown["Total Impressions"]


def test_only_what_can_be_registered_is_registered(office: Office) -> None:
    """Active already, or unknown: said, and nothing is sent."""
    office.line.sent.clear()
    for serial in (office.serials[0], "NOBODY001"):
        with pytest.raises(UsageError, match=serial):
            office.agent.register([serial])
    assert office.line.sent == []


def test_a_printer_that_does_not_answer_is_not_registered(new_office: Office) -> None:
    """A registration rests on a reading; the other printer is registered all the same."""
    off, on = new_office.serials
    new_office.discover()
    new_office.fleet.by_serial(off).power_off(new_office.now + MINUTE)
    new_office.pass_time(HOUR)
    chosen = new_office.agent.register(new_office.serials)
    assert chosen.queued == (on,)
    assert list(chosen.unreachable) == [off]
    assert [new_office.device(serial).state for serial in (off, on)] == ["discovered", "registered"]


def test_what_another_program_changed_is_heeded(office: Office) -> None:
    """Retired from another command while this one runs: no more readings, and the next poll does not revive it."""
    retired = office.serials[0]
    office.agent.poll()
    elsewhere = Store(office.machine.path)
    with elsewhere.transaction():
        known = elsewhere.devices.get(retired)
        assert known is not None
        elsewhere.devices.save(replace(known, state="retired"))
    elsewhere.close()
    office.fleet.by_serial(retired).power_off(office.now + MINUTE)
    office.pass_time(HOUR)
    assert office.agent.poll().answered == (office.serials[1],)
    assert office.device(retired).state == "retired"


def test_a_printer_that_is_retired_is_left_alone(office: Office) -> None:
    """It is read no more; retiring it twice is refused."""
    serial = office.serials[0]
    office.agent.retire(serial)
    moment: datetime = office.now
    office.run_for(DAY)
    device = office.device(serial)
    last = office.store.readings.last(device.device_id)
    assert last is not None
    assert last.read_at <= moment
    with pytest.raises(UsageError, match="is retired"):
        office.agent.retire(serial)
