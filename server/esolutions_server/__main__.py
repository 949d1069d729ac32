"""The command line of the server; the one place that knows the real clock and real randomness."""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime

from esolutions_server.cli.entry import enter

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    # The database and the keys hold secrets.
    os.umask(0o077)
    sys.exit(enter("esolutions-server", _run, extra="server"))


def _run() -> int:
    from esolutions_server.cli.application import run

    return run(now=lambda: datetime.now(UTC), rng=random.SystemRandom())


if __name__ == "__main__":
    main()
