"""Measure the size of every published message with the nominal fleet.

For each number of devices a whole lifecycle runs: registration, activation,
status, one billing request and its answer. What is measured is the HTTP body
that really crossed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.referee.accounting import account
from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import enrol, open_account, printers
from esolutions_simulators.fleets.building import build_fleet

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.story_runner import WorldName
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Measured", "lifecycle", "measure", "nominal_setting"]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_TWO_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Measured:
    """One message: what the FAQ publishes for this many devices and what crossed, in bytes."""

    message: str
    devices: int
    published: int
    measured: int

    def as_json(self) -> dict[str, Any]:
        """Return the row as `sizes --json` prints it."""
        return asdict(self)


def measure(devices: int, world: WorldName = "memory") -> list[Measured]:
    """Run the nominal fleet of so many devices through one billing cycle and return a row a formula.

    With no devices only the two messages of a sync exist.
    """
    with TemporaryDirectory(prefix="esolutions-sizes-") as folder:
        testbed = open_testbed(nominal_setting(devices), world, folder=Path(folder))
        try:
            sent = lifecycle(testbed, devices)
        finally:
            testbed.close()
    return _rows(sent, devices)


def nominal_setting(devices: int) -> Setting:
    """Return a setting with so many nominal printers, one at the least."""
    installed_at = _START - timedelta(days=400)
    return Setting(
        fleet=lambda seed: build_fleet(max(devices, 1), "nominal", seed=seed, installed_at=installed_at), start=_START
    )


def lifecycle(testbed: Testbed, devices: int) -> list[SentRow]:
    """Register, activate and bill the nominal fleet; return everything that was sent, newest first."""
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"))
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    if devices == 0:
        office.register(serials)
        # The proxy is registered; its one device is not signed up, so that nothing is commanded.
        testbed.run_for(_TWO_DAYS)
    else:
        enrol(testbed, office, serials)
        testbed.run_for(_TWO_DAYS)
        for serial in serials:
            testbed.administration.request_billing(serial)
        testbed.run_for(_TWO_DAYS)
    return office.store.outbox.sent()


def _rows(sent: list[SentRow], devices: int) -> list[Measured]:
    found: dict[str, int] = {}
    for row in reversed(sent):
        for body in (row.body, row.response or b""):
            kind = _kind(body)
            accounted = account(body) if body else None
            if accounted is None or (accounted.devices not in {devices, 0}):
                continue
            if accounted.devices == devices or accounted.message in {"RegisterProxy", "SyncProxy"}:
                found.setdefault(kind or accounted.message, accounted.measured)
    if "RegisterProxy" in found and "RegisterProxyDevices" in found:
        found["RegisterProxy + RegisterProxyDevices"] = found["RegisterProxy"] + found["RegisterProxyDevices"]
    rows = []
    for formula in load_specification().formulas:
        key = "Report" if formula.name == "billing transaction request" else formula.message
        if formula.name == "sync proxy request response" and devices:
            key = "TurnOn"
        if key in found and (devices or formula.message in {"SyncProxy", "SyncProxyResponse", "RegisterProxy"}):
            rows.append(Measured(formula.name, devices, formula.size(devices), found[key]))
    return rows


def _kind(body: bytes) -> str | None:
    """Tell an activation from a billing request: both are answers to a sync."""
    for action in ("TurnOn", "Report"):
        if f"Action>{action}<".encode() in body:
            return action
    return None
