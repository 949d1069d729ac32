"""Injections into hardware: printers break, sleep, move and are replaced; machines die, restart, have a wrong clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.faults import http, machine, printer, snmp
from esolutions_scenarios.faults.ending import nothing_to_end
from esolutions_scenarios.swarm.injections.kind import Kind
from esolutions_simulators.mib.oids import IF_PHYS_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from esolutions_client.wire.http.transport import HttpResponse
    from esolutions_scenarios.faults.crash import When
    from esolutions_scenarios.faults.http import Proceed
    from esolutions_scenarios.swarm.injections.kind import Beginning, Ending
    from esolutions_scenarios.swarm.office import Office
    from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["KINDS"]

_ANSWERS = ("SubmitBillingTransaction", "SyncProxyStatus")
_MASKS = ("XXXXXXXXXX", "0000000000", "999999999", "N/A", "unknown", "0123456789")
_WRONG_BY_MINUTES = (-2880, -60, -10, 10, 60, 2880)


def _printer(fault_of: Callable[[Random], printer.PrinterFault]) -> Beginning:
    """Let something happen to one printer."""
    return lambda office, rng: fault_of(rng)(office.site.testbed, office.site.any_printer(rng))


def _machine(fault_of: Callable[[Random], machine.MachineFault]) -> Beginning:
    """Let something happen to the customer's machine."""
    return lambda office, rng: fault_of(rng)(office.site.machine)


def _controller_swapped(office: Office, rng: Random) -> None:
    """A printer gets a controller that has counted little or much elsewhere."""
    swapped = office.site.any_printer(rng)
    office.site.fallen.add(swapped.serial_at(office.site.testbed.now))
    total = rng.choice([rng.randint(0, 500), rng.randint(0, 3_000_000)])
    printer.ControllerSwap(total)(office.site.testbed, swapped)


def _printer_replaced(office: Office, rng: Random) -> None:
    """Another machine stands where one stood; the people of the office will register it when they look."""
    replaced = office.site.any_printer(rng)
    serial = f"ZZ{rng.choice('ABCDEFGH')}{rng.randint(100000, 999999)}"
    printer.Replace(serial, rng.getrandbits(30))(office.site.testbed, replaced)


def _addresses_swapped(office: Office, rng: Random) -> None:
    """The DHCP server gives two printers each other's address."""
    present = office.site.present_printers()
    if len(present) < 2:
        return
    _change_places(office, *rng.sample(present, 2))


def _change_places(office: Office, one: SimulatedPrinter, other: SimulatedPrinter) -> None:
    now = office.site.testbed.now
    here, there = _place_of(one, now), _place_of(other, now)
    if here == there:
        return
    # Several printers stand at the address of a print server: it is the server that has another address, and what
    # will stand behind it comes to where it is.
    places = {
        place: [each for each in office.site.testbed.fleet if _place_of(each, now) == place] for place in (here, there)
    }

    def swap(_: object) -> None:
        for place, other in ((here, there), (there, here)):
            for each in places[place]:
                each.move(max(now, each.installed_at), other)

    office.site.testbed.change_printers(swap, f"{here} and {there} change places")


def _place_of(printer: SimulatedPrinter, now: datetime) -> str:
    """Return the address of a printer: where it stands, or will once it is installed."""
    return printer.segment_at(max(now, printer.installed_at).timestamp()).address


def _settings_copied(office: Office, rng: Random) -> Ending | None:
    """One printer's settings are copied to another, which shows its serial number: beside it, without it, in its place.

    A reading of the first one is asked for some hours later. Two of a model that shows no hardware address can be
    told apart by their labels alone, and are left alone.
    """
    present = office.site.present_printers()
    if len(present) < 2:
        return None
    original, copy = rng.sample(present, 2)
    now = office.site.testbed.now
    models = [each.segment_at(now.timestamp()).machine.model for each in (original, copy)]
    if models[0].name == models[1].name and IF_PHYS_ADDRESS in models[0].missing:
        return None
    back = nothing_to_end
    if (where := rng.choice(("beside", "without", "in its place"))) == "without":
        back = printer.Off()(office.site.testbed, original)
    elif where == "in its place":
        _change_places(office, original, copy)
    serial = original.serial_at(now)
    reset = printer.CopiedSerial(serial)(office.site.testbed, copy)
    asked_at = now + timedelta(hours=rng.randint(1, 40))
    office.site.testbed.timeline.at(asked_at, lambda: office.people.ask_for_reading(serial))

    def end() -> None:
        reset()
        back()

    return end


def _clock_wrong(rng: Random) -> machine.WrongClock:
    return machine.WrongClock(timedelta(minutes=rng.choice(_WRONG_BY_MINUTES)))


def _clock_wrong_offline(office: Office, rng: Random) -> Ending:
    """A printer is asked for a reading, and answers while the clock is wrong and the server away to notice it."""
    out_of_reach, away = snmp.Drop(), http.Refuse()
    office.site.machine.net.break_printers(out_of_reach)
    office.people.ask_for_reading(office.site.any_printer(rng).serial_at(office.site.testbed.now))
    office.people.sync()
    office.site.machine.net.lift(out_of_reach)
    office.site.machine.net.break_server(away)
    set_right = _clock_wrong(rng)(office.site.machine)

    def end() -> None:
        set_right()
        office.site.machine.net.lift(away)

    return end


def _server_crashes(office: Office, rng: Random) -> None:
    office.site.world.server_crash_point.arm(rng.randint(1, 6), _when(rng))


def _server_dies_of_billing(office: Office, rng: Random) -> None:
    """The server dies at the commit of the next billing transaction or status."""
    when = _when(rng)

    def deadly(body: bytes, proceed: Proceed) -> HttpResponse:
        office.site.world.server_crash_point.arm(1, when)
        return proceed(body)

    office.site.machine.net.break_server(deadly, times=1, operations=_ANSWERS)


def _when(rng: Random) -> When:
    return "before" if rng.getrandbits(1) else "after"


KINDS: dict[str, Kind] = {
    "printer-off": Kind(_printer(lambda _: printer.Off()), 8, 170.0, needs_machine=False),
    "printer-asleep": Kind(_printer(lambda _: printer.Asleep()), 3, 24.0, needs_machine=False),
    "community-changed": Kind(_printer(lambda _: printer.OtherCommunity("secret")), 2, 100.0, needs_machine=False),
    "controller-swapped": Kind(_controller_swapped, 4, needs_machine=False),
    "printer-replaced": Kind(_printer_replaced, 4, needs_machine=False),
    "addresses-swapped": Kind(_addresses_swapped, 14, needs_machine=False),
    "machine-off": Kind(_machine(lambda _: machine.PowerOff()), 8, 120.0),
    "machine-restarts": Kind(_machine(lambda _: machine.Restart()), 4),
    "client-crashes": Kind(_machine(lambda rng: machine.CrashAtCommit(rng.randint(1, 12), _when(rng))), 12, 20.0),
    "clock-wrong": Kind(_machine(_clock_wrong), 5, 60.0, needs_machine=False),
    "clock-wrong-offline": Kind(_clock_wrong_offline, 4, 60.0),
    "disk-full": Kind(_machine(lambda _: machine.DiskFull()), 4, 24.0),
    "server-restarts": Kind(lambda office, _: machine.ServerRestart()(office.site.world), 2, needs_machine=False),
    "server-crashes": Kind(_server_crashes, 12, needs_machine=False),
    "server-dies-of-billing": Kind(_server_dies_of_billing, 6),
    "settings-copied": Kind(_settings_copied, 16, 400.0, needs_machine=False),
    "memory-reset": Kind(_printer(lambda rng: printer.MemoryReset(rng.choice(_MASKS))), 4, 72.0, needs_machine=False),
}
