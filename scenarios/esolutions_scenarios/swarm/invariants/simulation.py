"""The simulated printers themselves are possible: what they showed in a run, a real one could have shown.

The kinds of supplies are those of RFC 3805. What the product makes of what is
shown is judged elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.plan import START
from esolutions_simulators.mib.oids import HR_PRINTER
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.usage import count_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_scenarios.swarm.site import Site
    from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["PRINTERS_ARE_POSSIBLE"]

# toner, ink, ink cartridge, ink ribbon, toner cartridge
_TONER_OR_INK = frozenset((3, 5, 6, 7, 21))
# RFC 2790, hrPrinterDetectedErrorState: lowToner and noToner
_LOW_OR_NO_TONER = 0x30
_A_DAY = timedelta(days=1)


def _impossible(site: Site) -> Iterator[str]:
    """Yield the first thing of each printer, looked at once a day, that no printer shows."""
    days = (site.testbed.now - START) // _A_DAY
    for printer in site.testbed.fleet:
        times = (START + number * _A_DAY for number in range(days + 1))
        found = (_impossible_at(printer, at) for at in times if at >= printer.installed_at)
        yield from [text for text in found if text is not None][:1]


def _impossible_at(printer: SimulatedPrinter, at: datetime) -> str | None:
    sides, sheets = (printer.counts_at(at)[count_index(name)] for name in ("total", "sheets"))
    if not sheets <= sides <= 2 * sheets:
        return f"{printer.serial} had printed {sides} sides on {sheets} sheets at {at:%Y-%m-%d}"
    epoch = at.timestamp()
    segment = printer.segment_at(epoch)
    model = segment.machine.model
    values = SimulatedAgent(printer).get([f"{HR_PRINTER}.2.{model.device_index}"], epoch, version=_version(printer))
    state = values[0] if values else None
    if not isinstance(state, bytes) or not state or not state[0] & _LOW_OR_NO_TONER:
        return None
    gauges = zip(model.supplies, segment.machine.gauges, strict=True)
    low = {supply.kind for supply, gauge in gauges if gauge.is_low_at(segment.worn_at(epoch))}
    if low & _TONER_OR_INK:
        return None
    kinds = ", ".join(map(str, sorted(low))) or "no kind"
    return f"{printer.serial} announced low toner at {at:%Y-%m-%d}, when supplies of {kinds} were low"


def _version(printer: SimulatedPrinter) -> str:
    return "1" if "v1-only" in printer.model.quirks else "2c"


PRINTERS_ARE_POSSIBLE = Invariant(
    "printers_are_possible",
    "no simulated printer printed more than two sides on a sheet, or announced as low toner what is none",
    at_end=_impossible,
)
