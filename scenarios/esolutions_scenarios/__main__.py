"""Start the scenarios: the one place that looks at a real clock, and only to show a rate."""

from __future__ import annotations

import sys
import time

from esolutions_client.cli.console.entry import enter

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(enter("esolutions-scenarios", _run, extra="scenarios"))


def _run() -> int:
    from esolutions_scenarios.cli.app import run_command_line

    return run_command_line(sys.argv[1:], stopwatch=time.perf_counter)


if __name__ == "__main__":
    main()
