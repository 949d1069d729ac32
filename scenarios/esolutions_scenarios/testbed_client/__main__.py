"""Run the client's command line on a clock file: `python -m esolutions_scenarios.testbed_client CLOCK ARGUMENT...`.

Only the clock is virtual: it waits on the real one, and sends over real sockets.
"""

from __future__ import annotations

import random
import struct
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from esolutions_client.cli.console.entry import enter

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(enter("esolutions-client", _run))


def _run() -> int:
    from esolutions_client.cli.app import run

    clock, *arguments = sys.argv[1:]
    seconds = partial(_seconds, Path(clock))
    return run(
        arguments,
        # Whole seconds, like the real client's.
        now=lambda: datetime.fromtimestamp(int(seconds()), UTC),
        monotonic=seconds,
        rng=random.SystemRandom(),
        wait=time.sleep,
    )


def _seconds(clock: Path) -> float:
    # Read each time: to set the clock may be to write the file anew, which a mapping into memory does not survive.
    (seconds,) = struct.unpack_from("<d", clock.read_bytes())
    return float(seconds)


if __name__ == "__main__":
    main()
