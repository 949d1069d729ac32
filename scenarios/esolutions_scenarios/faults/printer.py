"""What happens to a printer: it is off or asleep, gets another controller, is replaced, moves, rolls over.

A fault is called with the testbed and the printer, begins there and then, leaves
a note in the transcript, and returns what ends it. All of them work in both
worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.faults.ending import Ending, nothing_to_end

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = [
    "Asleep",
    "ControllerSwap",
    "CopiedSerial",
    "CounterAt",
    "MemoryReset",
    "Move",
    "Off",
    "OtherCommunity",
    "PrinterFault",
    "Replace",
]

PrinterFault = Callable[["Testbed", "SimulatedPrinter"], Ending]


@dataclass(frozen=True, slots=True)
class Off:
    """The printer is switched off, or broken; it ends when it is on again, its counters where they were."""

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "power_off")
        return lambda: _happen(testbed, printer, "power_on")


@dataclass(frozen=True, slots=True)
class Asleep:
    """The printer sleeps so deeply that it does not answer; it ends when something is printed."""

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "fall_asleep")
        return lambda: _happen(testbed, printer, "wake_up")


@dataclass(frozen=True, slots=True)
class ControllerSwap:
    """The counters begin again, at `total` impressions that the new controller has counted elsewhere; it stays so."""

    total: int = 0

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "swap_controller", total=self.total)
        return nothing_to_end


@dataclass(frozen=True, slots=True)
class CounterAt:
    """The total shows `total` from now on, for instance just below its rollover; it stays so."""

    total: int

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "jump", total=self.total)
        return nothing_to_end


@dataclass(frozen=True, slots=True)
class Replace:
    """Another machine stands at the address, with a serial number and a life of its own; it stays so."""

    serial: str
    seed: int
    model: str | None = None

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        model = {} if self.model is None else {"model": self.model}
        _happen(testbed, printer, "replace", serial=self.serial, seed=self.seed, **model)
        return nothing_to_end


@dataclass(frozen=True, slots=True)
class Move:
    """The printer answers at another address, as after a new lease; it ends when it is back."""

    address: str

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        before = printer.segment_at(testbed.now.timestamp()).address
        _happen(testbed, printer, "move", address=self.address)
        return lambda: _happen(testbed, printer, "move", address=before)


@dataclass(frozen=True, slots=True)
class MemoryReset:
    """A mask stands where the serial number did; it ends when the number is entered again."""

    mask: str = "XXXXXXXXXX"

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "show_serial", serial=self.mask)
        return lambda: _happen(testbed, printer, "show_serial")


@dataclass(frozen=True, slots=True)
class OtherCommunity:
    """The printer answers to another community only; it ends when it has its old one again."""

    community: str

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        before = printer.segment_at(testbed.now.timestamp()).community
        _happen(testbed, printer, "change_community", community=self.community)
        return lambda: _happen(testbed, printer, "change_community", community=before)


@dataclass(frozen=True, slots=True)
class CopiedSerial:
    """The printer shows the serial number of another, whose settings were copied to it; it ends with its own again."""

    serial: str

    def __call__(self, testbed: Testbed, printer: SimulatedPrinter) -> Ending:
        _happen(testbed, printer, "show_serial", serial=self.serial)
        return lambda: _happen(testbed, printer, "show_serial")


def _happen(testbed: Testbed, printer: SimulatedPrinter, incident: str, **details: Any) -> None:
    words = f"{printer.serial_at(testbed.now)}: {incident.replace('_', ' ')}"
    testbed.change_printers(lambda _: printer.happen(testbed.now, incident, **details), words)
