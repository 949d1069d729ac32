"""What the tests of the simulated printers share: a moment and printers that stand at it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.snmp import EngineName

# A Monday, at the beginning of office hours.
INSTALLED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture
def installed_at() -> datetime:
    """When the printers of the tests were installed."""
    return INSTALLED_AT


@pytest.fixture(scope="session", params=["fast", "snmpsim"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Each of the engines that serve printers on real UDP: what one answers, the other does."""
    name: EngineName = request.param
    return name


@pytest.fixture
def make_printer() -> Callable[..., SimulatedPrinter]:
    """Return a maker of printers that differ in what a test says."""

    def make(model: str = "colour-a3-mfp", seed: int = 7, address: str = "127.0.0.10") -> SimulatedPrinter:
        return SimulatedPrinter(model, "ABC123456", seed, INSTALLED_AT, address)

    return make
