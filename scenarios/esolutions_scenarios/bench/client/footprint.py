"""What the client takes from a customer's machine: megabytes installed, and resident while it idles.

Installed is what `pip install` leaves behind: the files of the client's own
packages and of all they need, by the metadata of the distributions, and the
byte code that pip compiles them to. Extras do not count, nor does Python itself.
Resident is what Linux says of a client process that holds a thousand printers
and waits.
"""

from __future__ import annotations

import py_compile
import re
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import esolutions_client
from esolutions_client.fleet.device import Device
from esolutions_client.store.store import Store
from esolutions_scenarios.bench.client.resident import resident_mb
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.processes.child import run_script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["measure"]

_MB = 1024 * 1024
_PRINTERS = 1000
# The idle client: everything imported that `run` imports, the store open, the printers in memory.
_IDLE = """
import sys, random
from datetime import datetime, UTC
from pathlib import Path
from esolutions_client.cli.session import Options, Session
at = datetime(2026, 1, 5, tzinfo=UTC)
options = Options(Path(sys.argv[1]), "https://127.0.0.1:9/CommunicationServer", http_proxy="none")
session = Session(options, lambda: at, random.Random(1), lambda seconds: None, lambda: 0.0)
session.snmp
session.agent.polling.tracked()
session.agent.next_due_at()
print(open("/proc/self/status").read())
"""


def measure(at: datetime) -> Iterator[Figure]:
    """Yield the footprint of the client."""
    yield Figure("installed size of the client with what it needs", _installed() / _MB, "MB", 40.0)
    resident = _resident(at)
    if resident is not None:
        yield Figure("resident memory of an idle client with 1,000 printers", resident, "MB", 60.0)


def _installed() -> int:
    own = _size(Path(esolutions_client.__file__).parent.rglob("*"))
    others = _needed("esolutions", set()) - {"esolutions"}
    return own + sum(_size(Path(str(file.locate())) for file in distribution(name).files or ()) for name in others)


def _needed(name: str, seen: set[str]) -> set[str]:
    """Return the names of a distribution and of all it needs without extras, on this machine."""
    if name in seen:
        return seen
    try:
        requires = distribution(name).requires or []
    except PackageNotFoundError:
        return seen
    seen.add(name)
    for requirement in requires:
        if "extra ==" not in requirement:
            match = re.match(r"[A-Za-z0-9._-]+", requirement)
            if match:
                _needed(match[0].lower().replace("_", "-"), seen)
    return seen


def _size(paths: Iterable[Path]) -> int:
    """Return the bytes of files and of the byte code of those that are Python, whether it is there yet or not."""
    files = [path for path in paths if "__pycache__" not in path.parts and path.is_file()]
    return sum(path.stat().st_size + (_code_size(path) if path.suffix == ".py" else 0) for path in files)


def _code_size(source: Path) -> int:
    compiled = Path(cache_from_source(str(source)))
    if compiled.is_file():
        return compiled.stat().st_size
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        # A file that does not compile has none: pip goes on as well.
        written = py_compile.compile(str(source), cfile=str(Path(folder) / "code.pyc"), quiet=2)
        return Path(written).stat().st_size if written else 0


def _resident(at: datetime) -> float | None:
    if not Path("/proc/self/status").exists():
        return None
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        store = Store(Path(folder) / "client.sqlite", synchronous="OFF")
        with store.transaction():
            for number in range(_PRINTERS):
                store.devices.save(
                    Device(
                        serial_number=f"IDL{number:06d}",
                        host=f"10.0.{number // 250}.{number % 250}",
                        discovered_at=at,
                        state="active",
                    )
                )
        store.close()
        return resident_mb(run_script(_IDLE, folder))
