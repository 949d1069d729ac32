"""A typed client of a testbed's admin API, for tests and programs in Python."""

from esolutions_server.client.errors import TestbedRefusedError, TestbedUnreachableError
from esolutions_server.client.interference import BreakpointReport, FaultReport, Held, Meeting
from esolutions_server.client.testbed import ClockReading, TestbedClient

__all__ = [
    "BreakpointReport",
    "ClockReading",
    "FaultReport",
    "Held",
    "Meeting",
    "TestbedClient",
    "TestbedRefusedError",
    "TestbedUnreachableError",
]
