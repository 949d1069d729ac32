"""The faults that are laid for a namespace: which of them an exchange meets, and when each one ends by itself."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esolutions_server.domain.occasions import Tally
from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_server.domain.occasions import Occasions
    from esolutions_server.testbed.faults.kinds import Fault, Proceed, Response

__all__ = ["MOST_FAULTS", "Counter", "Faults", "LaidFault", "NoSuchFaultError"]

MOST_FAULTS = 100


class NoSuchFaultError(LookupError):
    """No fault is laid, and no breakpoint set, under that number."""


@dataclass(slots=True)
class Counter:
    """Counts the exchanges that something is met by; one thread at a time."""

    occasions: Occasions
    tally: Tally = field(default_factory=Tally)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.occasions.seed)  # noqa: S311 (a testbed's chance)

    def meets(self, operation: str | None, proxy_id: str | None) -> bool:
        """Count an exchange; whether it is one that is met."""
        if not self.occasions.concern(operation, proxy_id):
            return False
        before = self.tally.met
        self.tally = self.tally.counted(self.occasions, self._chance)
        return self.tally.met > before

    def is_over(self, now: datetime) -> bool:
        """Whether none will be met any more."""
        return self.tally.is_over(self.occasions, now)


@dataclass(frozen=True, slots=True)
class LaidFault:
    """A fault with its number, when it is met, and how often it was."""

    number: int
    fault: Fault
    occasions: Occasions
    tally: Tally


class Faults:
    """The faults of one namespace, in the order in which they were laid."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin without any.

        Args:
            now: the clock of the testbed, by which faults end.
        """
        self._now = now
        self._lock = threading.Lock()
        self._laid: dict[int, tuple[Fault, Counter]] = {}
        self._last = 0

    def lay(self, fault: Fault, occasions: Occasions) -> LaidFault:
        """Lay a fault on the way.

        Raises:
            AdministrationError: there are too many.
        """
        with self._lock:
            self._forget_ended()
            if len(self._laid) >= MOST_FAULTS:
                raise AdministrationError(f"{MOST_FAULTS} faults are laid: lift one first")
            self._last += 1
            self._laid[self._last] = fault, Counter(occasions)
            return self._shown(self._last)

    def every(self) -> tuple[LaidFault, ...]:
        """Return the faults that have not ended."""
        with self._lock:
            self._forget_ended()
            return tuple(map(self._shown, self._laid))

    def find(self, number: int) -> LaidFault:
        """Return a fault that has not ended.

        Raises:
            NoSuchFaultError: none is laid under that number.
        """
        with self._lock:
            self._forget_ended()
            if number not in self._laid:
                raise NoSuchFaultError(f"no fault is laid under {number}: it may have ended by itself")
            return self._shown(number)

    def lift(self, number: int) -> None:
        """Take a fault away.

        Raises:
            NoSuchFaultError: none is laid under that number.
        """
        self.find(number)
        with self._lock:
            self._laid.pop(number, None)

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._laid.clear()

    def __bool__(self) -> bool:
        return bool(self._laid)

    def meet(self, operation: str | None, proxy_id: str | None, document: bytes, proceed: Proceed) -> Response:
        """Let an exchange meet the faults it is to meet, one after the other, and return what leaves."""
        with self._lock:
            self._forget_ended()
            met = [fault for fault, counter in self._laid.values() if counter.meets(operation, proxy_id)]
        for fault in reversed(met):
            proceed = _bound(fault, proceed)
        return proceed(document)

    def _shown(self, number: int) -> LaidFault:
        fault, counter = self._laid[number]
        return LaidFault(number, fault, counter.occasions, counter.tally)

    def _forget_ended(self) -> None:
        now = self._now()
        self._laid = {number: laid for number, laid in self._laid.items() if not laid[1].is_over(now)}


def _bound(fault: Fault, proceed: Proceed) -> Proceed:
    return lambda document: fault(document, proceed)
