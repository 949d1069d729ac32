"""Discovery of a large network that is almost all dead: seconds for 65,536 addresses.

A part of 127.0.0.0/8 is swept with one printer alive in it, and the time scaled
up; the pace is what limits it, so that scaling is honest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.sweep import Sweep
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.search.discovery import discover, expand_targets
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.live_servers import RunningPrinters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["measure"]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SWEPT, _ALL = "127.0.0.0/19", 65536


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the time of a sweep, scaled to 65,536 addresses."""
    with (
        TemporaryDirectory(prefix="esolutions-bench-") as folder,
        RunningPrinters(Path(folder), 1, "nominal", seed=1, now=lambda: _START) as running,
    ):
        port = int(running.endpoints[0].rpartition(":")[2])
        targets = [Target(address, port) for address in expand_targets([_SWEPT], [])]
        began = stopwatch()
        found = list(discover(NativePort(), targets, now=lambda: _START, prober=Sweep()))
        seconds = (stopwatch() - began) * _ALL / len(targets)
    note = f"{len(targets):,} addresses swept, {len(found)} found"
    yield Figure("discovery of 65,536 addresses", seconds, "s", 60.0, note=note)
