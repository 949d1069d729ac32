"""A printer that encodes some values as nobody should is read the same in memory and over UDP, with either engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.pdus import Unreadable
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.queries import get
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_scenarios.live_servers import RunningPrinters
from esolutions_scenarios.worlds.lan import MemoryLan
from esolutions_simulators.models import load_model

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.wire

NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
MODEL = "quirk-odd-encoding"
ODD = tuple(oid for oid, _ in load_model(MODEL).encoded)
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"


@pytest.fixture(scope="module")
def printers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPrinters]:
    """One such printer, which is on for 400 days."""
    with RunningPrinters(tmp_path_factory.mktemp("fleet"), 1, MODEL, seed=1, now=lambda: NOW) as running:
        yield running


def outcome(port: Any, target: Target, conversation: Any) -> Any:
    """Return what came of one conversation."""
    ((_, result),) = next(iter(port.converse([(target, conversation)])))
    return result


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("engine", [NativePort, PysnmpPort])
def test_odd_values_hide_no_other(printers: RunningPrinters, engine: Any, version: str) -> None:
    """All that is right is read, meters and supplies; of the odd ones it is known what is wrong with them."""
    host, _, port = printers.endpoints[0].rpartition(":")
    memory = MemoryLan(lambda: printers.fleet, lambda: NOW)
    found = []
    for way in (engine(), memory):
        target = Target(host, int(port), version=version)
        values = outcome(way, target, get((*ODD, SYS_UPTIME)))
        met = outcome(way, target, identify(now=lambda: NOW, version=version))
        assert isinstance(met, Identified)
        found.append((values, met.reading))
    assert found[0] == found[1]
    values, reading = found[0]
    assert [type(value) for value in values].count(Unreadable) == len(ODD) - 1
    assert values[-1] == 400 * 86_400 * 100
    meters = {meter.name: meter.value for meter in reading.meters}
    shown = printers.fleet.printers[0].counters_at(NOW)
    assert {name: meters[name] for name in shown} == shown
    assert [supply.level is not None for supply in reading.supplies] == [True] * 4 + [False]
