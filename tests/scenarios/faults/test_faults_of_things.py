"""What happens to a machine or a printer begins when it is called, and ends when it is ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import StoreError
from esolutions_scenarios.faults import machine, printer
from esolutions_scenarios.faults.crash import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.testbed import Testbed

    OpenTestbed = Callable[..., Testbed]


def _answers(bed: Testbed, community: str = "public", address: str | None = None) -> bool:
    """Whether the first printer answers there, to that community."""
    at = bed.now.timestamp()
    agent = bed.fleet.agent_at(address or bed.fleet.printers[0].address, at)
    oid = "1.3.6.1.2.1.1.2.0"
    return agent is not None and agent.get([oid], at, community=community, version="2c") is not None


def test_a_machine_that_is_off_is_off_until_it_is_switched_on(testbed: OpenTestbed) -> None:
    """What it had committed is there again."""
    office = testbed().install()
    proxy_id = office.proxy_id
    switch_on = machine.PowerOff()(office)
    assert not office.is_on
    switch_on()
    assert office.proxy_id == proxy_id


def test_a_restart_makes_the_client_anew_from_its_store(testbed: OpenTestbed) -> None:
    """Another process, the same installation."""
    office = testbed().install()
    before, proxy_id = office.running, office.proxy_id
    machine.Restart()(office)()
    assert office.running is not before
    assert office.proxy_id == proxy_id


def test_a_machine_dies_at_the_commit_it_was_told_and_may_be_spared(testbed: OpenTestbed) -> None:
    """The second from now, and none after the fault has ended."""
    office = testbed().install()
    end = machine.CrashAtCommit(2, "before")(office)
    with office.store.transaction():
        office.store.settings.http_proxy = "1"
    with pytest.raises(Crash), office.store.transaction():
        office.store.settings.last_result = "2"
    assert (office.store.settings.http_proxy, office.store.settings.last_result) == ("1", None)
    machine.CrashAtCommit(1, "before")(office)
    end()
    with office.store.transaction():
        office.store.settings.last_result = "2"
    assert office.store.settings.last_result == "2"


def test_a_full_disk_has_room_again_when_it_ends(testbed: OpenTestbed) -> None:
    """A write that needs a page fails, and changes nothing."""
    office = testbed().install()
    make_room = machine.DiskFull()(office)
    with pytest.raises(StoreError), office.store.transaction():
        office.store.settings.last_result = "x" * 100_000
    make_room()
    office.store.settings.last_result = "x" * 100_000
    assert office.store.settings.last_result is not None


@pytest.mark.parametrize("hours", [-48, 2])
def test_a_wrong_clock_goes_on_from_where_it_was_set(testbed: OpenTestbed, hours: int) -> None:
    """A step first, then the same pace; set right, it shows true time."""
    bed = testbed()
    office = bed.install()
    set_right = machine.WrongClock(timedelta(hours=hours))(office)
    bed.run_for(timedelta(hours=5))
    assert office.now() - bed.now == timedelta(hours=hours)
    set_right()
    assert office.now() == bed.now


def test_a_server_that_restarts_keeps_what_it_had_committed(testbed: OpenTestbed) -> None:
    """It is another server on the same database."""
    bed = testbed()
    bed.administration.add_account("Office", "key@customer.example")
    machine.ServerRestart()(bed.world)()
    assert [account.name for account in bed.administration.every.accounts()] == ["Office"]


@pytest.mark.parametrize("fault", [printer.Off(), printer.Asleep()])
def test_a_printer_that_does_not_answer_answers_again(testbed: OpenTestbed, fault: printer.PrinterFault) -> None:
    """Meanwhile it prints nothing."""
    bed = testbed()
    (one,) = bed.fleet.printers
    end = fault(bed, one)
    shown = one.counters_at(bed.now)
    bed.run_for(timedelta(days=2))
    assert not _answers(bed)
    assert one.counters_at(bed.now) == shown
    end()
    assert _answers(bed)
    assert len([text for _, text in bed.notes if text.startswith(one.serial)]) == 2


def test_a_printer_that_moved_comes_back(testbed: OpenTestbed) -> None:
    """It stands at one address at a time."""
    bed = testbed()
    back = printer.Move("127.0.0.99")(bed, bed.fleet.printers[0])
    assert (_answers(bed), _answers(bed, address="127.0.0.99")) == (False, True)
    back()
    assert (_answers(bed), _answers(bed, address="127.0.0.99")) == (True, False)


def test_a_printer_whose_community_changed_has_its_old_one_again(testbed: OpenTestbed) -> None:
    """It answers to one community at a time."""
    bed = testbed()
    end = printer.OtherCommunity("secret")(bed, bed.fleet.printers[0])
    assert (_answers(bed), _answers(bed, "secret")) == (False, True)
    end()
    assert (_answers(bed), _answers(bed, "secret")) == (True, False)


@pytest.mark.parametrize("fault", [printer.ControllerSwap(12), printer.CounterAt(12)])
def test_counters_that_were_set_stay_set(testbed: OpenTestbed, fault: printer.PrinterFault) -> None:
    """Ending it brings nothing back."""
    bed = testbed()
    (one,) = bed.fleet.printers
    fault(bed, one)()
    assert one.counters_at(bed.now)["Total Impressions"] == 12


def test_a_replacement_is_another_machine_at_the_same_address(testbed: OpenTestbed) -> None:
    """Another serial number, another model where one is named."""
    bed = testbed()
    (one,) = bed.fleet.printers
    printer.Replace("ZZZ000001", 5, "small-phaser")(bed, one)()
    segment = one.segment_at(bed.now.timestamp())
    assert (segment.machine.serial, segment.machine.model.name) == ("ZZZ000001", "small-phaser")
    assert segment.address == one.address
