"""Start the scenarios: the one place that looks at a real clock, and only to show a rate."""

from __future__ import annotations

import sys
import time

from esolutions_client.cli.console.entry import enter
from esolutions_scenarios.processes.termination import Termination

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(enter("esolutions-scenarios", _run, extra="scenarios"))


def _run() -> int:
    termination = Termination()
    termination.listen()
    try:
        from esolutions_scenarios.cli.app import run_command_line

        return run_command_line(sys.argv[1:], stopwatch=time.perf_counter)
    except BaseException:
        # Whatever else went wrong on the way out, it is the signal that ended the program.
        if termination.exit_code is None:
            raise
        return termination.exit_code


if __name__ == "__main__":
    main()
