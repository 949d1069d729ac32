"""What stands in the place of what keeps the simulated printers possible while they are sabotaged."""

from __future__ import annotations

from esolutions_simulators.mib.alerts import Warnings, warnings_of

__all__ = ["as_many_sheets_as_drawn", "warn_of_toner"]

_TONER = 3


def as_many_sheets_as_drawn(_sides: int, wished: int) -> int:
    """Take any number of sheets, whatever is printed on them."""
    return wished


def warn_of_toner(_kind: int) -> Warnings:
    """Announce everything that runs low as toner."""
    return warnings_of(_TONER)
