"""What a responder and the one who starts it agree on: what says that it answers, and that they end together.

snmpsim, which takes a second to import, is not imported.
"""

import os
import signal
from threading import Thread

__all__ = ["PRINTERS_PER_PROCESS", "READY", "end_with_parent", "say_ready"]

# snmpsim answers in one thread.
PRINTERS_PER_PROCESS = 25
# The first line of a responder's standard output, once each of its endpoints is bound.
READY = b"ready\n"


def say_ready() -> None:
    """Tell the one who started this process that it answers."""
    os.write(1, READY)
    # The parent reads this one line.
    os.dup2(2, 1)


def end_with_parent() -> None:
    """End this process when the one that started it lets go of our standard input."""

    def watch() -> None:
        # Not by sys.stdin: its lock would be held while Python ends, which is then a fatal error.
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="end-with-parent", daemon=True).start()
