"""One server of a testbed: its database, its clock, and what only a testbed can do with them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from esolutions_server.domain.testbed_time import ClockError
from esolutions_server.testbed.verification import verify_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta
    from wsgiref.types import WSGIEnvironment

    from esolutions_server.domain.verification import Expectation, Verdict
    from esolutions_server.reference import ReferenceServer
    from esolutions_server.testbed.clock import SettableClock

    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["MOST_STEPS", "Namespace"]

# A year of a thousand devices in one advance; more is an endless loop.
MOST_STEPS = 1_000_000


class Namespace:
    """A server under a name.

    Attributes:
        name: what stands in its URLs; empty for the one without a prefix.
        server: the server.
        clock: what it takes for the time.
    """

    def __init__(self, name: str, server: ReferenceServer, clock: SettableClock) -> None:
        self.name = name
        self.server = server
        self.clock = clock
        # Two advances at once would not meet what falls due in order.
        self._moving = threading.Lock()
        clock.on_change(self._keep_time)

    def publish(self, url: str) -> None:
        """Say where the SOAP service of this namespace is: its WSDL gives that address."""
        self.server.wsgi.public_url = url

    def respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request to the server of this namespace (PEP 3333)."""
        return self.server.wsgi(environ, start_response)

    def advance(self, span: timedelta) -> None:
        """Let the clock stand `span` later; whatever falls due on the way happens in order, each at its own time.

        A clock that runs goes on from there.

        Raises:
            ClockError: the span is negative, or ends beyond what the wire can carry.
        """
        if span.total_seconds() < 0:
            raise ClockError("a clock is advanced by a span that is not negative: set it to an earlier moment instead")
        with self._moving:
            try:
                target = self.clock() + span
            except OverflowError:
                raise ClockError("the wire cannot carry so late a moment") from None
            self._move_to(target)

    def move_to(self, shown: datetime) -> None:
        """Show a moment; what falls due before it happens in order, and nothing is undone where it lies in the past.

        Raises:
            ClockError: the wire cannot carry that moment.
        """
        with self._moving:
            self._move_to(shown)

    def run(self, speed: float) -> None:
        """Go on so many times as fast as real time.

        Raises:
            ClockError: no clock goes like that.
        """
        with self._moving:
            self.clock.run(speed)

    def let_go(self) -> None:
        """Show the real time again."""
        with self._moving:
            self.clock.let_go()
            self.server.run_due_work()

    def verify(self, expectations: Sequence[Expectation], *, since: datetime | None = None) -> list[Verdict]:
        """Judge by expectations what the server saw, from the beginning or since a moment of its clock."""
        return verify_server(self.server.administration, expectations, self.clock(), since=since)

    def run_due_work(self) -> None:
        """Do what has fallen due by now."""
        with self._moving:
            self.server.run_due_work()

    def close(self) -> None:
        """Let go of the database."""
        self.server.close()

    def _move_to(self, target: datetime) -> None:
        # Refused before anything has happened.
        speed = self.clock.state.moved(target, target).speed
        self.server.run_due_work()
        self.clock.freeze()
        for _ in range(MOST_STEPS):
            due = self.server.next_due()
            if due is None or due > target:
                break
            self.clock.set(due)
            self.server.run_due_work()
        self.clock.set(target)
        if speed:
            self.clock.run(speed)
        self.server.run_due_work()

    def _keep_time(self) -> None:
        self.server.keep_testbed_time(self.clock.state)
