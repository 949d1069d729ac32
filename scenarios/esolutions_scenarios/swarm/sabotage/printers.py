"""Sabotages of what keeps the simulated printers possible.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage
from esolutions_simulators.mib.alerts import Warnings, warnings_of
from esolutions_simulators.printers import usage
from esolutions_simulators.rows import value

__all__ = ["SABOTAGES"]

_TONER = 3


def as_many_sheets_as_drawn(_sides: int, wished: int) -> int:
    """Take any number of sheets, whatever is printed on them."""
    return wished


def warn_of_toner(_kind: int) -> Warnings:
    """Announce everything that runs low as toner."""
    return warnings_of(_TONER)


SABOTAGES: dict[str, Sabotage] = {
    "sheets-as-drawn": Sabotage(
        "simulated printers take any number of sheets for what they print",
        "printers_are_possible",
        (Place(usage, "_sheets_for", as_many_sheets_as_drawn),),
    ),
    "waste-is-toner": Sabotage(
        "simulated printers announce everything that runs low as toner",
        "printers_are_possible",
        (Place(value, "warnings_of", warn_of_toner),),
    ),
}
