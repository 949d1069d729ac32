"""The memory world: one client and many printers, polled every two hours, in CPU seconds a virtual year.

Measured over the whole year after everything is active, with the SOAP bytes of
every sync and bill real. Half the printers and half the days show whether it is
linear, and what the process holds in between whether its memory is flat.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_scenarios.bench.client.resident import resident_mb
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import enrol, open_account, printers
from esolutions_simulators.fleets.building import build_fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_scenarios.story_runner import WorldName
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["active_testbed", "measure", "year"]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_MODELS = ("colour-a3-mfp", "mono-workgroup", "fuji-xerox", "nominal")
_PRINTERS, _DAYS = 100, 365
# Each twelfth of the year from _START on holds one month end, and so one bill.
_MONTHS = 12
_BUDGET_SECONDS = 12.0
_POLLS_A_DAY = 12


def measure(cpu: Callable[[], float]) -> Iterator[Figure]:
    """Yield the figures of the memory world.

    Args:
        cpu: the CPU seconds of this process so far.
    """
    months, grown = _months_of_a_year(cpu)
    whole = sum(months)
    name = f"{_PRINTERS} printers for {_DAYS} days in the memory world"
    polls = f"{_PRINTERS * _DAYS * _POLLS_A_DAY:,} polls"
    yield Figure(name, whole, "CPU s", _BUDGET_SECONDS, note=polls)
    quickest = min(months) * len(months)
    yield Figure("a year like its quickest month", quickest, "CPU s", note="far less: others kept the machine busy")
    yield Figure("device-years lived", _PRINTERS / whole, "a CPU s")
    yield Figure("half the printers cost", year(_PRINTERS // 2, _DAYS, cpu) / whole, "of it", note="0.5 is linear")
    first = sum(months[: len(months) // 2])
    yield Figure("its first half cost", first / whole, "of it", note="0.5 is linear")
    if grown is not None:
        yield Figure("its second half left in memory", grown, "MB", note="nothing is flat")


def _months_of_a_year(cpu: Callable[[], float]) -> tuple[list[float], float | None]:
    """Return what each twelfth of a year costs, and by how many MB this process grew in the second half."""
    costs, held = [], []
    with _active(_PRINTERS) as testbed:
        for _ in range(_MONTHS):
            began = cpu()
            testbed.run_for(timedelta(days=_DAYS) / _MONTHS)
            costs.append(cpu() - began)
            held.append(resident_mb())
    before, after = held[_MONTHS // 2 - 1], held[-1]
    return costs, None if before is None or after is None else after - before


def year(count: int, days: int, cpu: Callable[[], float], world: WorldName = "memory") -> float:
    """Return what it costs to let so many printers live so many days."""
    with _active(count, world) as testbed:
        began = cpu()
        testbed.run_for(timedelta(days=days))
        return cpu() - began


@contextmanager
def _active(count: int, world: WorldName = "memory") -> Iterator[Testbed]:
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        testbed = active_testbed(count, Path(folder), world)
        try:
            yield testbed
        finally:
            testbed.close()


def active_testbed(count: int, folder: Path, world: WorldName = "memory") -> Testbed:
    """Return a testbed whose printers are registered, signed up and active."""
    installed_at = _START - timedelta(days=400)
    setting = Setting(
        fleet=lambda seed: build_fleet(count, _MODELS, seed=seed, installed_at=installed_at), start=_START
    )
    testbed = open_testbed(setting, world, folder=folder)
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"))
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    enrol(testbed, office, serials)
    testbed.run_for(timedelta(days=1))
    return testbed
