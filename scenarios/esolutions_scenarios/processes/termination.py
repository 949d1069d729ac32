"""End on a signal as at the end of the work: what was started is stopped, folders are removed, and the code tells why.

The signal becomes an exception of the main thread, so that every `with` and
`finally` on the way out does its part. What follows it meanwhile is ignored:
nothing may interrupt the stopping of processes.
"""

from __future__ import annotations

import _thread
import signal
import sys
from threading import Timer, main_thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Terminated", "Termination"]

# Windows has no SIGHUP.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# What POSIX shells report for a program that a signal ended.
_CODE_OF_SIGNALS = 128
_AGAIN_SECONDS = 0.01


class Terminated(BaseException):
    """A signal asked this process to end; no error, so that nothing that handles errors takes it for one."""


class Termination:
    """Whether a signal has asked this process to end, and which."""

    def __init__(self) -> None:
        """Prepare; nothing is listened for yet."""
        self._number: int | None = None

    @property
    def exit_code(self) -> int | None:
        """The code to end with; None while no signal has come."""
        return None if self._number is None else _CODE_OF_SIGNALS + self._number

    def listen(self) -> None:
        """Let the next signal end the main thread's work by a `Terminated`, but for those that `nohup` ignores."""
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._raise)
        sys.unraisablehook = self._unraisable(sys.unraisablehook)

    def _raise(self, number: int, _frame: object) -> None:
        if self._number is None:
            self._number = number
            raise Terminated

    def _unraisable(self, otherwise: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return what begins anew where a finaliser happened to run when the signal came: Python drops its errors."""

        def hook(dropped: Any) -> None:
            number = self._number
            if number is None or not isinstance(dropped.exc_value, Terminated):
                otherwise(dropped)
                return
            self._number = None
            # Once the finaliser is over: here it would be dropped again.
            Timer(_AGAIN_SECONDS, _send_to_main_thread, [number]).start()

        return hook


def _send_to_main_thread(number: int) -> None:
    main = main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        # Ends a wait of the main thread, too.
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(signal.Signals(number))
