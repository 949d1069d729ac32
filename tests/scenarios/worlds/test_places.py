"""Two machines never stand at one address in the simulated network, but behind one print server."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.swarm.plan import Mishap, PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.runs.run import Run
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

# Two print servers; at each, the printer with the first device index or the second comes later.
_OFFICE = (
    PlannedPrinter("nominal"),
    PlannedPrinter("quirk-two-printers"),
    PlannedPrinter("quirk-roman8", comes_at_hours=300.0),
    PlannedPrinter("quirk-two-printers", comes_at_hours=100.0),
)


def _swaps(draws: tuple[int, ...]) -> tuple[Mishap, ...]:
    return tuple(Mishap("addresses-swapped", 120.0 + 10 * index, 0.0, draw) for index, draw in enumerate(draws))


@pytest.mark.parametrize("draws", [(1,), (1, 2), (1, 2, 3), (4, 5, 6, 7)])
def test_what_comes_later_comes_to_its_print_server(tmp_path: Path, draws: tuple[int, ...]) -> None:
    """A print server that got another address keeps its printers, those too that are installed after it moved."""
    run = Run(RunPlan(1, 30, _OFFICE, _swaps(draws)), tmp_path)
    try:
        assert not run.run()
        printers = tuple(run.site.testbed.fleet)
        assert sum(len(printer.segments) > 2 for printer in printers) == len(printers), "nothing was swapped"
        moments = [segment.since for printer in printers for segment in printer.segments if segment.since > 0]
        for moment in some(moments):
            there = [p for p in printers if p.installed_at.timestamp() <= moment]
            for one, other in some(combinations(there, 2)):
                together = one.segment_at(moment).address == other.segment_at(moment).address
                behind = {printers.index(one), printers.index(other)} in ({0, 1}, {2, 3})
                assert together == behind, (moment, one.serial, other.serial)
    finally:
        run.close()
