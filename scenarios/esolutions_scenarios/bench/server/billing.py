"""One billing transaction with a thousand devices at the server: seconds, and the server's peak memory.

A thousand printers live up to it in the memory world. There the transaction and
the database it would meet are put aside, and answered once more by a server
that is alone in a process of its own, over the database's file, flushes and all.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.memory_world import active_testbed
from esolutions_scenarios.processes.child import run_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.faults.http import Proceed
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["measure"]

_DEVICES = 1000
_OPERATION = "SubmitBillingTransaction"
# A server and nothing else, at the time of the transaction. It prints seconds, and its peak in kB where Linux says.
_SERVER = """
import io, json, random, re, sys, time
from datetime import datetime
from pathlib import Path
from esolutions_server import open_server
folder, at = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
body, status = (folder / "transaction.xml").read_bytes(), []
environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/CommunicationServer", "CONTENT_TYPE": "text/xml; charset=utf-8",
           "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
with open_server(f"sqlite:///{folder / 'billing.sqlite'}", now=lambda: at, rng=random.Random(1)) as server:
    began = time.perf_counter()
    answer = b"".join(server.wsgi(environ, lambda line, headers: status.append(line)))
    seconds = time.perf_counter() - began
proc = Path("/proc/self/status")
peak = re.search(r"VmHWM:\\s+(\\d+) kB", proc.read_text())[1] if proc.exists() else None
print(json.dumps({"status": status[0], "accepted": answer.count(b"Accepted"), "seconds": seconds, "peak": peak}))
"""


def measure(devices: int = _DEVICES) -> Iterator[Figure]:
    """Yield the cost of the largest message the product knows."""
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        at = _put_aside(devices, Path(folder))
        measured = json.loads(run_script(_SERVER, folder, at))
    if measured["status"] != "200 OK" or measured["accepted"] < devices:
        raise RuntimeError(f"the transaction was not accepted: {measured}")
    yield Figure(f"a billing transaction with {devices:,} devices", measured["seconds"], "s", 1.0)
    if measured["peak"] is not None:
        yield Figure("peak memory of the server that answered it", int(measured["peak"]) / 1024, "MB", 100.0)


def _put_aside(devices: int, folder: Path) -> str:
    """Bill so many printers, and keep the first transaction; return when it was sent."""
    testbed = active_testbed(devices, folder)
    kept = _Kept(testbed, folder)
    try:
        testbed.machines[0].net.break_server(kept, operations=(_OPERATION,))
        for device in testbed.administration.every.devices():
            testbed.administration.request_billing(device.serial)
        testbed.run_for(timedelta(days=1))
    finally:
        testbed.close()
    return kept.transaction_at


class _Kept:
    """Copies the first message that passes, and the database it is about to meet."""

    def __init__(self, testbed: Testbed, folder: Path) -> None:
        self._testbed = testbed
        self._folder = folder
        self.transaction_at = ""

    def __call__(self, body: bytes, proceed: Proceed) -> Any:
        if not self.transaction_at:
            self.transaction_at = self._testbed.now.isoformat()
            (self._folder / "transaction.xml").write_bytes(body)
            with (
                closing(sqlite3.connect(self._folder / "server.sqlite")) as met,
                closing(sqlite3.connect(self._folder / "billing.sqlite")) as copy,
            ):
                met.backup(copy)
        return proceed(body)
