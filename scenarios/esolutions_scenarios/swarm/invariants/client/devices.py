"""Every printer that is there is known, by the number on its label, with all its meters, and active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.checks.rules import printer_name_of
from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_DEVICE_IS_ACTIVE", "EVERY_NUMBER_IS_ON_A_LABEL", "NO_METER_IS_LEFT_OUT"]


def _devices_are_active(site: Site) -> Iterator[str]:
    """After the calm every printer that is there is known to the server, and active at both ends."""
    now = site.testbed.now
    ours = {
        # One that does not answer now is not called silent yet; that it answers is what has to come right.
        device.serial_number: "without an answer" if device.silent_since else device.shown_state
        for device in site.machine.store.devices.all()
    }
    theirs = {device.serial: str(device.state) for device in site.testbed.administration.every.devices()}
    for printer in site.testbed.fleet:
        serial = printer.serial_at(now)
        states = (theirs.get(serial, "unknown"), ours.get(serial, "unknown"))
        if states != ("active", "active"):
            yield f"{serial} is {states[0]} at the server, {states[1]} at the client"


def _numbers_are_on_labels(site: Site) -> Iterator[str]:
    """Whatever a printer shows where its serial number should stand, only numbers of printers are taken."""
    labels = {segment.machine.serial for printer in site.testbed.fleet for segment in printer.segments}
    listed = {device.serial_number for device in site.machine.store.devices.all()}
    registered = {str(device.serial) for device in site.testbed.administration.every.devices()}
    for serial in sorted((listed | registered) - labels):
        yield f"{serial} is taken for a printer, and stands on none"


def _no_meter_is_left_out(site: Site) -> Iterator[str]:
    """A meter that is not registered is never ordered, and no bill would show that it is missing."""
    for device in site.testbed.administration.every.devices():
        opened = {printer_name_of(meter.name) for meter in device.meters}
        read_at = [meter.opening_read_at for meter in device.meters if meter.opening_read_at is not None]
        if not read_at:
            continue
        shown = site.testbed.printer(device.serial).counters_at(min(read_at))
        for name in sorted(shown.keys() - opened):
            yield f"{device.serial} showed {name}, and was registered without it"


EVERY_DEVICE_IS_ACTIVE = Invariant(
    "every_device_is_active",
    "every printer that is there is registered, and active at both ends",
    at_end=_devices_are_active,
)
EVERY_NUMBER_IS_ON_A_LABEL = Invariant(
    "every_number_is_on_a_label",
    "no printer is listed or registered under a serial number that is on no label",
    at_end=_numbers_are_on_labels,
)
NO_METER_IS_LEFT_OUT = Invariant(
    "no_meter_is_left_out",
    "every meter that a printer showed when it was registered is registered with it",
    at_end=_no_meter_is_left_out,
)
