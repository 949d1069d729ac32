"""A typed client of a testbed's admin API, for tests and programs in Python."""

from esolutions_server.client.errors import TestbedRefusedError, TestbedUnreachableError
from esolutions_server.client.interference import BreakpointReport, FaultReport, Held, Meeting
from esolutions_server.client.journal import ExchangeFilter, ExchangeReading, MessageReading, StateChange
from esolutions_server.client.testbed import ClockReading, TestbedClient

__all__ = [
    "BreakpointReport",
    "ClockReading",
    "ExchangeFilter",
    "ExchangeReading",
    "FaultReport",
    "Held",
    "Meeting",
    "MessageReading",
    "StateChange",
    "TestbedClient",
    "TestbedRefusedError",
    "TestbedUnreachableError",
]
