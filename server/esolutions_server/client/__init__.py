"""A typed client of a testbed's admin API, for tests and programs in Python."""

from esolutions_server.client.errors import TestbedRefusedError, TestbedUnreachableError
from esolutions_server.client.testbed import ClockReading, TestbedClient

__all__ = ["ClockReading", "TestbedClient", "TestbedRefusedError", "TestbedUnreachableError"]
