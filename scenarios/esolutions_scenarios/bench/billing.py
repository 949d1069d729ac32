"""One billing transaction with a thousand devices at the server: seconds, and the process's peak memory.

The whole lifecycle runs before it, in the memory world; the transaction itself
is timed at the server's WSGI application.
"""

from __future__ import annotations

import resource
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.memory_world import active_testbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_scenarios.faults.http import Proceed

__all__ = ["measure"]

_DEVICES = 1000


def measure(stopwatch: Callable[[], float]) -> Iterator[Figure]:
    """Yield the cost of the largest message the product knows."""
    spent: list[float] = []

    def timed(body: bytes, proceed: Proceed) -> Any:
        began = stopwatch()
        answer = proceed(body)
        spent.append(stopwatch() - began)
        return answer

    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        testbed = active_testbed(_DEVICES, Path(folder))
        try:
            testbed.machines[0].net.break_server(timed, operations=("SubmitBillingTransaction",))
            for serial in [device["serial"] for device in testbed.administration.devices()]:
                testbed.administration.request_billing(serial)
            testbed.run_for(timedelta(days=1))
        finally:
            testbed.close()
    yield Figure("a billing transaction with 1,000 devices", max(spent), "s", 3.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("peak memory of client, server and printers together", peak, "MB", 200.0)
