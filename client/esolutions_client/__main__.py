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

from esolutions_client.cli.app import run

__all__ = ["main"]


# A testbed's virtual clock: a file that begins with the seconds since 1970 as a little-endian double.
_TESTBED_CLOCK = "ESOLUTIONS_TESTBED_CLOCK"


def main() -> None:
    """Run the command line and exit with its code."""
    clock = os.environ.get(_TESTBED_CLOCK)
    now = partial(_virtual_now, Path(clock)) if clock else _now
    sys.exit(run(sys.argv[1:], now=now, rng=random.SystemRandom(), wait=time.sleep))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _virtual_now(clock: Path) -> datetime:
    (seconds,) = struct.unpack_from("<d", clock.read_bytes())
    return datetime.fromtimestamp(int(seconds), UTC)


if __name__ == "__main__":
    main()
