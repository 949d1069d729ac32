"""The clock of a testbed: frozen, set, advanced, sped up and let go while the server runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from esolutions_server.domain.testbed_time import ClockError, ClockState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["ForeignClock", "SettableClock", "TestbedClock"]


class SettableClock(Protocol):
    """What a testbed takes for the time, and how it is changed.

    Raises, in every method that changes it:
        ClockError: this clock cannot be changed so.
    """

    @property
    def state(self) -> ClockState:
        """How it was set last."""

    def __call__(self) -> datetime:
        """Return what it shows, aware UTC."""

    def on_change(self, listener: Callable[[], None], /) -> None:
        """Call `listener` after each setting."""

    def set(self, shown: datetime, /) -> None:
        """Show another time, at the same speed."""

    def run(self, speed: float, /) -> None:
        """Go on from what is shown, so many times as fast as real time; 0 stands still."""

    def freeze(self) -> None:
        """Stand at what is shown."""

    def let_go(self) -> None:
        """Show the real time again."""

    def anchor(self) -> None:
        """Tell the setting anew, with what is shown now: a copy of the database has it then."""

    def resume(self, anchored: ClockState | None, /) -> None:
        """Go on from where a setting was anchored; None shows the real time. A clock of others shows what they say."""


class TestbedClock:
    """A clock that goes by how it was set.

    Attributes:
        state: how it was set last.
    """

    # pytest takes classes of this name for tests.
    __test__ = False

    def __init__(self, real: Callable[[], datetime], state: ClockState | None = None) -> None:
        """Take the real clock, and how this one was set when the server ran last.

        Args:
            real: the real time, aware UTC.
            state: None shows the real time.
        """
        self._real = real
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.state = ClockState.real(real()) if state is None else state

    def __call__(self) -> datetime:
        """Return what it shows, aware UTC."""
        return self.state.at(self._real())

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each setting."""
        self._listeners.append(listener)

    def set(self, shown: datetime) -> None:
        """Show another time, at the same speed; what was real stands there.

        Raises:
            ClockError: the wire cannot carry that time.
        """
        with self._lock:
            self.state = self.state.moved(shown, self._real())
        self._tell()

    def run(self, speed: float) -> None:
        """Go on from what is shown, so many times as fast as real time; 0 stands still.

        Raises:
            ClockError: no clock goes like that.
        """
        with self._lock:
            self.state = self.state.at_speed(speed, self._real())
        self._tell()

    def freeze(self) -> None:
        """Stand at what is shown."""
        self.run(0)

    def let_go(self) -> None:
        """Show the real time again."""
        with self._lock:
            self.state = ClockState.real(self._real())
        self._tell()

    def anchor(self) -> None:
        """Tell the setting anew, with what is shown now."""
        with self._lock:
            self.state = self.state.anchored(self._real())
        self._tell()

    def resume(self, anchored: ClockState | None) -> None:
        """Go on from where a setting was anchored; None shows the real time."""
        with self._lock:
            real = self._real()
            self.state = ClockState.real(real) if anchored is None else anchored.resumed(real)
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class ForeignClock:
    """A clock that another program sets, through a file: it can be read here."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self._now()

    @property
    def state(self) -> ClockState:
        """What it shows, as if it stood there."""
        return ClockState(self._now(), self._now(), 0)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Nothing is told: the other program sets it."""

    def set(self, _shown: datetime) -> None:
        """Refuse.

        Raises:
            ClockError: always.
        """
        raise ClockError("this server goes by a clock file that another program sets: start it without --clock")

    def run(self, _speed: float) -> None:
        """Refuse.

        Raises:
            ClockError: always.
        """
        self.set(self._now())

    def freeze(self) -> None:
        """Refuse.

        Raises:
            ClockError: always.
        """
        self.set(self._now())

    def let_go(self) -> None:
        """Refuse.

        Raises:
            ClockError: always.
        """
        self.set(self._now())

    def anchor(self) -> None:
        """Nothing is told: the other program sets it."""

    def resume(self, _anchored: ClockState | None) -> None:
        """It shows what the other program says, whatever it showed before."""
