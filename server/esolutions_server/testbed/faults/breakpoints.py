"""Hold exchanges on their way, to be looked at, altered and let go by a person; each goes on by itself after a while.

The while is real time: a client waits for it. An exchange is held before the server has it, or before
its response leaves; what was decided about it by then is not undone.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from esolutions_server.service.errors import AdministrationError
from esolutions_server.testbed.faults.laid import Counter, NoSuchFaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_server.domain.occasions import Occasions, Tally

__all__ = ["MOST_BREAKPOINTS", "MOST_HELD", "Breakpoint", "Breakpoints", "HeldExchange", "Stage"]

MOST_BREAKPOINTS = 100
# Each holds a thread of the server, which has more than these for everybody else.
MOST_HELD = 32


class Stage(StrEnum):
    """Where on its way an exchange is held: before the server has the request, or before the response leaves."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A breakpoint with its number; what it holds goes on by itself after so many real seconds."""

    number: int
    stage: Stage
    seconds: float
    occasions: Occasions
    tally: Tally


@dataclass(frozen=True, slots=True)
class HeldExchange:
    """An exchange that is held, with the document of its request or of its answer as it stands now."""

    number: int
    breakpoint: int
    stage: Stage
    operation: str | None
    proxy_id: str | None
    held_at: datetime
    document: bytes


@dataclass(slots=True)
class _Set:
    stage: Stage
    seconds: float
    counter: Counter


@dataclass(slots=True)
class _Held:
    shown: HeldExchange
    may_go: threading.Event = field(default_factory=threading.Event)


class Breakpoints:
    """The breakpoints of one namespace, and what they hold."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin without any.

        Args:
            now: the clock of the testbed, by which breakpoints end.
        """
        self._now = now
        self._lock = threading.Lock()
        self._set: dict[int, _Set] = {}
        self._held: dict[int, _Held] = {}
        self._last = 0

    def __bool__(self) -> bool:
        return bool(self._set)

    def add(self, stage: Stage, seconds: float, occasions: Occasions) -> Breakpoint:
        """Set a breakpoint.

        Raises:
            AdministrationError: there are too many.
        """
        with self._lock:
            self._forget_ended()
            if len(self._set) >= MOST_BREAKPOINTS:
                raise AdministrationError(f"{MOST_BREAKPOINTS} breakpoints are set: remove one first")
            self._last += 1
            self._set[self._last] = _Set(stage, seconds, Counter(occasions))
            return self._shown(self._last)

    def every(self) -> tuple[Breakpoint, ...]:
        """Return the breakpoints that have not ended."""
        with self._lock:
            self._forget_ended()
            return tuple(map(self._shown, self._set))

    def find(self, number: int) -> Breakpoint:
        """Return a breakpoint that has not ended.

        Raises:
            NoSuchFaultError: there is none of that number.
        """
        with self._lock:
            self._forget_ended()
            if number not in self._set:
                raise NoSuchFaultError(f"there is no breakpoint {number}: it may have ended by itself")
            return self._shown(number)

    def remove(self, number: int) -> None:
        """Remove a breakpoint, and let go what it holds.

        Raises:
            NoSuchFaultError: there is none of that number.
        """
        self.find(number)
        with self._lock:
            self._set.pop(number, None)
            going = [held for held in self._held.values() if held.shown.breakpoint == number]
        for held in going:
            held.may_go.set()

    def clear(self) -> None:
        """Remove all breakpoints, and let go what they hold."""
        with self._lock:
            self._set.clear()
            going = list(self._held.values())
        for held in going:
            held.may_go.set()

    def held(self) -> tuple[HeldExchange, ...]:
        """Return the exchanges that are held, the one that has waited longest first."""
        with self._lock:
            return tuple(held.shown for held in self._held.values())

    def look_at(self, number: int) -> HeldExchange:
        """Return an exchange that is held.

        Raises:
            NoSuchFaultError: none is held under that number.
        """
        with self._lock:
            return self._found(number).shown

    def alter(self, number: int, document: bytes) -> HeldExchange:
        """Let something else go on in the place of what is held.

        Raises:
            NoSuchFaultError: nothing is held under that number.
        """
        with self._lock:
            held = self._found(number)
            held.shown = replace(held.shown, document=document)
            return held.shown

    def let_go(self, number: int) -> None:
        """Let an exchange go on as it stands now.

        Raises:
            NoSuchFaultError: none is held under that number.
        """
        with self._lock:
            self._found(number).may_go.set()

    def pass_by(self, stage: Stage, operation: str | None, proxy_id: str | None, document: bytes) -> bytes:
        """Hold an exchange at each breakpoint that it meets; return the document with which it goes on."""
        with self._lock:
            self._forget_ended()
            numbers = [number for number, each in self._set.items() if each.stage == stage]
        for number in numbers:
            document = self._hold(number, operation, proxy_id, document)
        return document

    def _hold(self, number: int, operation: str | None, proxy_id: str | None, document: bytes) -> bytes:
        with self._lock:
            met = self._set.get(number)
            # Those beyond what there are threads for go on as if there were no breakpoint.
            if met is None or len(self._held) >= MOST_HELD or not met.counter.meets(operation, proxy_id):
                return document
            self._last += 1
            shown = HeldExchange(self._last, number, met.stage, operation, proxy_id, self._now(), document)
            held = self._held[shown.number] = _Held(shown)
        held.may_go.wait(met.seconds)
        with self._lock:
            del self._held[shown.number]
            return held.shown.document

    def _found(self, number: int) -> _Held:
        if number not in self._held:
            raise NoSuchFaultError(f"no exchange is held under {number}: it may have gone on by itself")
        return self._held[number]

    def _shown(self, number: int) -> Breakpoint:
        found = self._set[number]
        return Breakpoint(number, found.stage, found.seconds, found.counter.occasions, found.counter.tally)

    def _forget_ended(self) -> None:
        now = self._now()
        self._set = {number: each for number, each in self._set.items() if not each.counter.is_over(now)}
