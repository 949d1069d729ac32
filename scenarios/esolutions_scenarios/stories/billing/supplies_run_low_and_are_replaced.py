"""Supplies run low and are replaced, and the server sees it with the bills.

Covers: "Xerox SMart eSolutions is a new system designed to take the hassle out
    of collecting and submitting meter readings and supplies data"; "supplies
    usage data for replenishment".

Story: Three printers print for half a year. Toner falls, is called low, is
    exchanged and falls again; a drum lasts. With every bill the server hears
    how full each supply was at that moment, and that is what the printer
    itself would have said.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import device
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory",)
DAYS = 180
# A bill by hand every other week, so that levels are seen while they fall.
REPORT_EVERY = timedelta(days=14)
# In whole percent, as printers show it.
LOW_PERCENT = 20

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp", "mono-workgroup", "fuji-xerox"), start=START)


def run(testbed: Testbed) -> None:
    """Print for half a year."""
    serials = printers(testbed)
    open_office(testbed)
    seen: dict[tuple[str, str], list[tuple[str, int]]] = {}
    while testbed.now < START + timedelta(days=DAYS):
        testbed.run_for(REPORT_EVERY - ONE_DAY)
        for serial in serials:
            testbed.administration.request_billing(serial)
        testbed.run_for(ONE_DAY)
        for serial in serials:
            _look(testbed, serial, seen)
    ran_low = [key for key, history in seen.items() if any(state == "low" for state, _ in history)]
    testbed.expect("some supplies are seen running low", kept=len(ran_low) > 1, found=ran_low)
    replaced = [key for key in ran_low if _was_replaced(seen[key])]
    testbed.expect("some of them are seen full again", kept=bool(replaced), found=ran_low)


def _look(testbed: Testbed, serial: str, seen: dict[tuple[str, str], list[tuple[str, int]]]) -> None:
    """Compare what the server knows of the supplies with what the printer knows itself."""
    known = device(testbed, serial).supplies
    levels = list(testbed.printer(serial).supply_levels_at(known[0].read_at).values())
    wrong = []
    for supply, level in zip(known, levels, strict=True):
        if supply.level is None or supply.capacity is None:
            continue
        is_low = supply.level * 100 // supply.capacity <= LOW_PERCENT
        if supply.level != level or (supply.state == "low") != is_low:
            wrong.append(f"{supply.name}: {supply.level} {supply.state}, the printer says {level}")
        seen.setdefault((serial, supply.name), []).append((supply.state, supply.level))
    day = f"{testbed.now:%Y-%m-%d}"
    testbed.expect(f"{day}: the server knows the supplies of {serial}", kept=not wrong, found=wrong)


def _was_replaced(history: list[tuple[str, int]]) -> bool:
    states = [state for state, _ in history]
    return "ok" in states[states.index("low") :]
