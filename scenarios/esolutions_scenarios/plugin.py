"""Fixtures for tests of systems that read printer meters.

Everything binds loopback addresses and free ports, runs on a virtual clock, and
is gone when the test ends. What goes wrong inside a server fails the test that
caused it. Loading this module costs nothing: the product is imported by the
fixture that needs it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from esolutions_scenarios.live_servers import RunningPrinters, RunningReference
    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_scenarios.virtual_time.timeline import Timeline

__all__ = ["communication_server", "printer_fleet", "testbed", "timeline"]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SERVER = pytest.StashKey["RunningReference"]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the server of the test saw."""
    report = yield
    if report.when == "call" and report.failed and _SERVER in item.stash:
        from esolutions_scenarios.failure_sections import sections_of

        report.sections += sections_of(item.stash[_SERVER].administration, item.stash[_SERVER].now())
    return report


@pytest.fixture
def timeline() -> Timeline:
    """A virtual clock: `timeline.now()`, `timeline.move_to(at)`; it starts on 5 January 2026, 9:00 UTC."""
    from esolutions_scenarios.virtual_time.timeline import Timeline

    return Timeline(_START)


@pytest.fixture
def communication_server(
    request: pytest.FixtureRequest, timeline: Timeline, tmp_path: Path
) -> Iterator[RunningReference]:
    """A Communication Server on HTTPS: `.url`, `.ca_file`, `.administration`, `.verify(...)`, `.advance(span)`.

    It runs on `timeline`. A failure of the test shows its journal; an unforeseen error inside it fails the test.
    """
    from esolutions_scenarios.live_servers import RunningReference

    with RunningReference(tmp_path / "communication-server", timeline=timeline) as server:
        request.node.stash[_SERVER] = server
        yield server


@pytest.fixture
def printer_fleet(timeline: Timeline, tmp_path: Path) -> Iterator[Callable[..., RunningPrinters]]:
    """Start printers on real UDP, such as three of "colour-a3-mfp"; the result has `endpoints` and `fleet`.

    They follow `timeline` when `show(timeline.now())` is called on the result.
    """
    from contextlib import ExitStack

    from esolutions_scenarios.live_servers import RunningPrinters

    with ExitStack() as running:

        def start(count: int = 1, model: str = "nominal", *, seed: int = 1) -> RunningPrinters:
            folder = tmp_path / f"printers-{seed}-{model}"
            return running.enter_context(RunningPrinters(folder, count, model, seed=seed, now=timeline.now))

        yield start


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Callable[..., Testbed]]:
    """Open a testbed with some printers; it can `install` clients and `run_for` a span of time.

    It is the memory world, unless `world="wire"` is said; `bed.fleet` are the printers. When the test ends the
    standing invariants are judged: what did not hold fails it, with what was expected, what there was, and where.
    """
    from contextlib import ExitStack

    from esolutions_scenarios.checks.verdicts import explained, judge
    from esolutions_scenarios.stories.registry import Setting
    from esolutions_scenarios.story_runner import open_testbed
    from esolutions_simulators.fleets.building import build_fleet

    beds: list[Testbed] = []
    with ExitStack() as opened:

        def open_one(printers: int = 1, model: str = "nominal", *, world: str = "memory", seed: int = 1) -> Testbed:
            installed_at = _START - timedelta(days=400)
            setting = Setting(
                fleet=lambda drawn: build_fleet(printers, model, seed=drawn, installed_at=installed_at), start=_START
            )
            folder = tmp_path / f"testbed-{world}-{seed}"
            folder.mkdir()
            bed = open_testbed(setting, "wire" if world == "wire" else "memory", seed=seed, folder=folder)
            opened.callback(bed.close)
            beds.append(bed)
            return bed

        yield open_one
        for bed in beds:
            for machine in bed.machines:
                machine.power_on()
            broken = explained(judge(bed))
            if broken:
                pytest.fail(broken, pytrace=False)
