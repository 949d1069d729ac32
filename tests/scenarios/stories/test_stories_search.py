"""A printer that left its address is looked for: where a person searched, once a day, by its serial number alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import events
from esolutions_scenarios.faults.printer import Move, Off, Replace
from esolutions_scenarios.testbed.office import happen, open_office, printers

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

    OpenTestbed = Callable[..., Testbed]

ELSEWHERE = "127.0.0.99"
UNSEARCHED = "127.0.0.200"
TWO_POLLS = timedelta(hours=4)
A_DAY = timedelta(days=1)


def _opened(testbed: OpenTestbed, count: int = 2, model: str = "nominal") -> tuple[Testbed, Machine, list[str]]:
    """Return a testbed whose office has enrolled its printers and has searched one more address."""
    bed = testbed(count, model)
    serials = printers(bed)
    office = open_office(bed)
    office.discover((*bed.fleet.addresses, ELSEWHERE))
    return bed, office, serials


def _host(office: Machine, serial: str) -> str:
    device = office.store.devices.get(serial)
    assert device is not None
    return device.host


def test_a_printer_is_followed_to_an_address_that_a_person_searched(testbed: OpenTestbed) -> None:
    """The first poll that misses it finds it again, and reads it at once."""
    bed, office, (moved, _) = _opened(testbed)
    happen(bed, moved, Move(ELSEWHERE))
    since = bed.now
    bed.run_for(TWO_POLLS)
    assert _host(office, moved) == ELSEWHERE
    device = office.store.devices.get(moved)
    assert device is not None
    assert device.silent_since is None
    assert len(office.store.readings.between(device.device_id, since, bed.now)) == 2
    assert len(events(office, "moved", moved)) == 1


def test_nothing_is_asked_where_nobody_searched(testbed: OpenTestbed) -> None:
    """The client does not probe a network by itself: the printer stays silent until a person helps."""
    bed, office, (moved, _) = _opened(testbed)
    before = _host(office, moved)
    happen(bed, moved, Move(UNSEARCHED))
    bed.run_for(3 * A_DAY)
    assert _host(office, moved) == before
    device = office.store.devices.get(moved)
    assert device is not None
    assert device.silent_since is not None


def test_a_silent_printer_is_looked_for_once_a_day(testbed: OpenTestbed) -> None:
    """Three searches in three days, over two addresses each; all other conversations are polls of two printers."""
    bed, office, (broken, _) = _opened(testbed)
    bed.run_for(A_DAY)
    before = office.net.conversations_begun
    bed.run_for(3 * A_DAY)
    polls = office.net.conversations_begun - before
    happen(bed, broken, Off())
    before = office.net.conversations_begun
    bed.run_for(3 * A_DAY)
    searches = office.net.conversations_begun - before - polls
    # Its own address and the one that was searched beside it.
    assert searches == 3 * 2


def test_a_printer_that_nobody_chose_is_not_taken_up_in_a_search(testbed: OpenTestbed) -> None:
    """A stranger at a searched address is left to a person, whichever printer is being looked for."""
    bed, office, (broken, leaves) = _opened(testbed)
    happen(bed, leaves, Replace("STR000001", 5))
    happen(bed, leaves, Move(ELSEWHERE))
    happen(bed, broken, Off())
    bed.run_for(2 * A_DAY)
    assert office.store.devices.get("STR000001") is None


def test_a_printer_that_speaks_only_version_1_is_found_again(testbed: OpenTestbed) -> None:
    """Addresses that were searched in two versions are asked in both."""
    bed = testbed(1, "quirk-v1-only")
    (serial,) = printers(bed)
    office = bed.install()
    everywhere = (*bed.fleet.addresses, ELSEWHERE)
    office.discover(everywhere, version="1")
    office.register([serial])
    office.discover(everywhere, version="2c")
    happen(bed, serial, Move(ELSEWHERE))
    bed.run_for(TWO_POLLS)
    assert _host(office, serial) == ELSEWHERE
