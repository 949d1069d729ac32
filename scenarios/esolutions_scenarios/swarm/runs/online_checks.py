"""Check the invariants of a run as it goes on: as a message leaves, as a response arrives, after every step.

What must have come right when the calm is over is in `final_checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.registry import INVARIANTS
from esolutions_scenarios.swarm.runs.final_checks import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esolutions_scenarios.swarm.site import Site

__all__ = ["OnlineChecks", "Violation"]

_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, when, and how."""

    invariant: str
    at: str
    text: str


class OnlineChecks:
    """The checks of one run, and what they found."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.violations: list[Violation] = []
        self._sent_seen = 0
        site.machine.net.taps.append(self._check_message)
        site.machine.net.count_packets()

    def check_claims(self) -> None:
        """Check what must hold after a stranger has claimed what is not his."""
        for name, invariant in INVARIANTS.items():
            if invariant.on_claim is not None:
                self._report(name, invariant.on_claim(self._site))

    def check_step(self) -> None:
        """Check what must hold after every step."""
        for name, invariant in INVARIANTS.items():
            if invariant.on_step is not None:
                self._report(name, invariant.on_step(self._site))
        if self._site.machine.is_on:
            self._check_exchanges()

    def check_end(self) -> None:
        """Check what must have come right by the end of the calm."""
        self.check_step()
        self._site.record.take_bills()
        for name, text in findings(self._site):
            self._report(name, [text])

    def _check_exchanges(self) -> None:
        outbox = self._site.machine.store.outbox
        newest = outbox.sent(1)
        if not newest or newest[0].sent_id <= self._sent_seen:
            return
        for row in reversed(outbox.sent(newest[0].sent_id - self._sent_seen)):
            self._site.record.take_response(row)
            for name, invariant in INVARIANTS.items():
                if invariant.on_response is not None:
                    self._report(name, invariant.on_response(self._site, row))
        self._sent_seen = newest[0].sent_id
        self._site.record.take_bills()
        for name, invariant in INVARIANTS.items():
            if invariant.on_exchange is not None:
                self._report(name, invariant.on_exchange(self._site))

    def _check_message(self, operation: str, body: bytes) -> None:
        """Check a message as it leaves the machine."""
        for name, invariant in INVARIANTS.items():
            if invariant.on_message is not None:
                self._report(name, invariant.on_message(self._site, operation, body))

    def _report(self, invariant: str, texts: Iterable[str]) -> None:
        for text in texts:
            if len(self.violations) < _ENOUGH:
                self.violations.append(Violation(invariant, f"{self._site.testbed.now:%Y-%m-%d %H:%M}", text))
