"""The lifeline of a child process: its standard input, which the system closes when the parent dies, however it dies.

    python -m esolutions_scenarios.processes.lifeline MODULE ARGUMENT...

runs MODULE as `python -m MODULE` would, until it ends or its standard input
does. A closed pipe is noticed on every system; a signal at the parent's death
is known to Linux alone. Nothing is read from the pipe but its end.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from threading import Thread

__all__ = ["hold", "main"]


def hold() -> None:
    """Let this process get SIGTERM when the one that started it lets go of its standard input."""
    Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    # Not by sys.stdin: its lock would be held while Python ends, which is then a fatal error.
    while os.read(0, 1):
        pass
    # Not raise_signal: the main thread may be waiting, and only a signal to the process wakes it.
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the module that the command line names."""
    hold()
    module = sys.argv[1]
    del sys.argv[1]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
