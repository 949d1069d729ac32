"""What both stories and the swarm hold to be right, found without a word: each tells it in its own way.

None of it believes the client or the server: values are compared with what the simulated printer showed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.store.readings import Transmitted
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Shown", "canaries_in", "opening_values", "printer_name_of", "shown_by", "unbilled"]

# The client's label for the counter of a printer that has no billing meters of its own.
_PRINTER_MIB_NAMES = {"Marker Life Count": "prtMarkerLifeCount"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a meter really showed, and the serial number of the printer that showed it."""

    serial: str
    value: int | None


def shown_by(testbed: Testbed, serial: str, meter: str, at: datetime) -> Shown:
    """Return what stood there as the printer with a serial number, and what its meter showed."""
    printer = testbed.printer(serial)
    return Shown(printer.serial_at(at), printer.counters_at(at).get(printer_name_of(meter)))


def printer_name_of(meter: str) -> str:
    """Return what a simulated printer calls a meter that the client calls by this name."""
    return _PRINTER_MIB_NAMES.get(meter, meter)


def canaries_in(testbed: Testbed, body: bytes) -> Iterator[bytes]:
    """Yield what a message holds of a customer's own: no name, place, person, address of a printer may be in it."""
    for printer in testbed.fleet:
        for canary in printer.canary_octets:
            if canary in body:
                yield canary


def opening_values(testbed: Testbed) -> set[tuple[str, str, int | None]]:
    """Return serial number, meter and value of everything that devices opened with at the server."""
    return {
        (device.serial, meter.name, meter.opening_value)
        for device in testbed.administration.every.devices()
        for meter in device.meters
    }


def unbilled(testbed: Testbed, machine: Machine) -> Iterator[tuple[Device, Transmitted]]:
    """Yield what a client holds as acknowledged, and the server has neither billed nor opened the device with."""
    billed = {(bill.serial, bill.meter, bill.value) for bill in testbed.administration.every.bills()}
    openings = opening_values(testbed)
    for device in machine.store.devices.all():
        for sent in machine.store.readings.transmitted(device.serial_number).values():
            key = (device.serial_number, sent.meter, sent.value)
            may_open = device.registered_at is None or sent.read_date <= device.registered_at
            if key not in billed and not (may_open and key in openings):
                yield device, sent
