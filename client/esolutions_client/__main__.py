"""Start the client: the one place that knows the real clock and the system's randomness."""

from __future__ import annotations

import os
import random
import struct
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from esolutions_client.cli.entry import enter

__all__ = ["main"]


# A testbed's virtual clock: a file that begins with the seconds since 1970 as a little-endian double.
_TESTBED_CLOCK = "ESOLUTIONS_TESTBED_CLOCK"


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(enter("esolutions-client", _run))


def _run() -> int:
    from esolutions_client.cli.app import run

    clock = os.environ.get(_TESTBED_CLOCK)
    now = partial(_virtual_now, Path(clock)) if clock else _now
    monotonic = partial(_virtual_seconds, Path(clock)) if clock else _monotonic
    return run(sys.argv[1:], now=now, monotonic=monotonic, rng=random.SystemRandom(), wait=time.sleep)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _monotonic() -> float:
    # The time a machine sleeps counts too, where the system can tell: its clock goes on meanwhile.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _virtual_now(clock: Path) -> datetime:
    return datetime.fromtimestamp(int(_virtual_seconds(clock)), UTC)


def _virtual_seconds(clock: Path) -> float:
    (seconds,) = struct.unpack_from("<d", clock.read_bytes())
    return float(seconds)


if __name__ == "__main__":
    main()
