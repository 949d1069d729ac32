"""Start the client: the one place that knows the real clock and the system's randomness."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime

from esolutions_client.cli.app import run

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:], now=_now, rng=random.SystemRandom(), wait=time.sleep))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


if __name__ == "__main__":
    main()
