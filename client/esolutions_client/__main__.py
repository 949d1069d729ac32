"""Start the client: the one place that knows the real clock and the system's randomness."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime

from esolutions_client.cli.console.entry import enter

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(enter("esolutions-client", _run))


def _run() -> int:
    from esolutions_client.cli.app import run
    from esolutions_client.planning.system_zone import SystemZone

    rng = random.SystemRandom()
    return run(sys.argv[1:], now=_now, monotonic=_monotonic, rng=rng, wait=time.sleep, zone=SystemZone())


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _monotonic() -> float:
    # The time a machine sleeps counts too, where the system can tell: its clock goes on meanwhile.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


if __name__ == "__main__":
    main()
