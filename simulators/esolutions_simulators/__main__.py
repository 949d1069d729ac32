"""Run ``esolutions-printers``: the one place here that knows the real clock."""

import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from types import FrameType

from esolutions_simulators.console.entry import enter

__all__ = ["main"]

_TICK_S = 0.2
# Ctrl-C, the system's way to stop a service, and a terminal that is closed; Windows has no SIGHUP.
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def _now() -> datetime:
    return datetime.now(UTC)


def _listen_for_signals() -> Callable[[Callable[[], None]], None]:
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    def wait(every_tick: Callable[[], None]) -> None:
        while not stopped.wait(_TICK_S):
            every_tick()

    for number in _ENDING:
        # One that `nohup` ignores stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    return wait


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(enter("esolutions-printers", _run, extra="simulators"))


def _run() -> int:
    from esolutions_simulators.cli import build_app, run

    return run(build_app(_now, _listen_for_signals), sys.argv[1:])


if __name__ == "__main__":
    main()
