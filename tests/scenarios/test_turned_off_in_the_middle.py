"""Communication is turned off after each packet of a poll, a search, a registration and a sync, one after the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import TurnedOffError
from esolutions_scenarios.faults.printer import Off
from esolutions_scenarios.testbed.office import open_office, printers

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

    OpenTestbed = Callable[..., Testbed]

_DAY = timedelta(days=1)
_MOST_PACKETS = 200


def _cut_everywhere(office: Machine, act: Callable[[], object]) -> int:
    """Do something, with communication turned off after its first packet, its second, and so on, and on again.

    Returns:
        How often it was turned off; from then on nothing left.
    """
    office.net.count_packets()
    for count in range(1, _MOST_PACKETS):
        sent = office.net.packets
        office.net.after_packets(count, lambda: office.turn(on=False))
        try:
            act()
        except TurnedOffError:
            assert office.net.packets == sent + count
        is_whole = office.running.identity.is_enabled
        office.net.cancel_action()
        office.turn(on=True)
        if is_whole:
            return count - 1
        assert office.net.packets == sent + count
    raise AssertionError("it has no end")


def test_nothing_leaves_a_poll_or_a_sync_after_any_packet(testbed: OpenTestbed) -> None:
    """What was read before stands; the rest is done when communication is on, and every bill comes."""
    bed = testbed(printers=3)
    office = open_office(bed)
    for serial in printers(bed):
        bed.administration.request_billing(serial)
    assert _cut_everywhere(office, office.running.poll) == 3
    assert _cut_everywhere(office, office.running.sync) > 1
    bed.run_for(_DAY)
    assert {bill.serial for bill in bed.administration.every.bills()} == set(printers(bed))


def test_nothing_leaves_a_search_or_a_registration_after_any_packet(testbed: OpenTestbed) -> None:
    """What was found is listed; a printer that is not registered then is registered by the next attempt."""
    bed = testbed(printers=2)
    office = bed.install()
    assert _cut_everywhere(office, lambda: office.discover(bed.fleet.addresses)) > 4
    assert _cut_everywhere(office, lambda: office.register(printers(bed))) > 4
    assert {device.state for device in office.store.devices.all()} == {"registered"}


def test_the_client_stays_and_goes_on_when_communication_is_turned_on_again(testbed: OpenTestbed) -> None:
    """Whatever it was in the middle of: nothing escapes, and a message that was broken off is no failure."""
    bed = testbed(printers=2)
    office = open_office(bed)
    repair = Off()(bed, bed.fleet.printers[0])
    for count in range(1, 30):
        office.net.after_packets(count, lambda: office.turn(on=False))
        bed.run_for(_DAY)
        assert not office.running.identity.is_enabled, count
        sent = office.net.packets
        bed.run_for(_DAY)
        assert office.net.packets == sent
        office.turn(on=True)
    repair()
    bed.run_for(_DAY)
    assert office.store.settings.failures == 0
    assert {device.shown_state for device in office.store.devices.all()} == {"active"}
    assert {row.outcome for row in office.store.outbox.sent(500)} == {
        "acknowledged",
        "broken off: communication was turned off",
    }


def test_a_search_for_a_printer_that_moved_is_made_when_communication_is_on_again(testbed: OpenTestbed) -> None:
    """The day that is between two searches has not begun."""
    bed = testbed(printers=2)
    office = open_office(bed)
    Off()(bed, bed.fleet.printers[0])
    office.net.count_packets()
    office.store.settings.last_search_at = None
    # A poll of two printers, and then what looks for the silent one.
    office.net.after_packets(2, lambda: office.turn(on=False))
    with pytest.raises(TurnedOffError):
        office.running.poll()
    assert office.store.settings.last_search_at is None
    office.turn(on=True)
    office.running.poll()
    assert office.store.settings.last_search_at is not None


def test_a_machine_that_is_started_on_a_full_disk_waits_for_room(testbed: OpenTestbed) -> None:
    """No printer is asked until then; with room it goes on by itself, as another run of the client."""
    bed = testbed(printers=2)
    office = open_office(bed)
    office.net.count_packets()
    office.fill_disk()
    before = office.running.identity.instance_id
    office.restart()
    asked = office.net.packets - office.net.messages_sent
    bed.run_for(_DAY)
    assert office.net.packets - office.net.messages_sent == asked
    office.free_disk()
    bed.run_for(timedelta(hours=3))
    assert office.net.packets - office.net.messages_sent > asked
    assert office.running.identity.instance_id != before
