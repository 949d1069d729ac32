"""One server of a testbed: its database, its clock, and what only a testbed can do with them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from esolutions_server.domain.testbed_time import ClockError
from esolutions_server.testbed.faults.interference import Interference
from esolutions_server.testbed.gate import Gate, GateShutError
from esolutions_server.testbed.verification import verify_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path
    from wsgiref.types import WSGIEnvironment

    from esolutions_server.domain.verification import Expectation, Verdict
    from esolutions_server.reference import ReferenceServer
    from esolutions_server.testbed.clock import SettableClock
    from esolutions_server.testbed.faketime import FaketimeFile
    from esolutions_server.testbed.journal.journal import Journal
    from esolutions_server.testbed.snapshots import Snapshots

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
        snapshots: what was kept of it, by name.
        journal: what it saw.
        interference: faults and breakpoints on the way to it.
    """

    def __init__(
        self,
        name: str,
        server: ReferenceServer,
        clock: SettableClock,
        snapshots: Snapshots,
        journal: Journal,
        *,
        reseed: Callable[[], None],
        faketime: FaketimeFile,
    ) -> None:
        """Put a server under a name.

        Args:
            name: see the attribute.
            server: see the attribute.
            clock: see the attribute.
            snapshots: see the attribute.
            journal: see the attribute.
            reseed: lets its GUIDs begin anew, where they are made from a seed.
            faketime: tells other programs what the clock shows.
        """
        self.name = name
        self.server = server
        self.clock = clock
        self.snapshots = snapshots
        self.journal = journal
        self.interference = Interference(self._pass_gate, clock)
        self._reseed = reseed
        self._faketime = faketime
        self._gate = Gate()
        self._is_ending = threading.Event()
        self._replaced: list[Callable[[], None]] = []
        # Two advances at once would not meet what falls due in order.
        self._moving = threading.Lock()
        clock.on_change(self._keep_time)
        self.on_replacement(journal.forget)

    def publish(self, url: str) -> None:
        """Say where the SOAP service of this namespace is: its WSDL gives that address."""
        self.server.wsgi.public_url = url

    def respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request to the server of this namespace (PEP 3333).

        Raises:
            GateShutError: it has been closed.
        """
        return self.interference(environ, start_response)

    def on_replacement(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the database has become another one: what is kept beside it, by its numbers, is void."""
        self._replaced.append(listener)

    def take_snapshot(self, name: str) -> None:
        """Keep everything under a name, with what the clock shows; requests that come meanwhile wait.

        Raises:
            AdministrationError: that can be no name, or there are too many snapshots.
            StoreError: the file cannot be written.
        """
        self.copy_to(self.snapshots.new_file(name))

    def copy_to(self, file: Path) -> None:
        """Copy everything into a file, with what the clock shows.

        Raises:
            StoreError: the file cannot be written.
        """
        with self._moving, self._gate.closed():
            # As the copy has it, the clock is anchored at what it shows now.
            self.clock.anchor()
            self.server.copy_to(file)

    def restore(self, file: Path) -> None:
        """Go back to what a copy holds: requests under way end first, and those that come meanwhile meet the copy.

        The clock shows what it showed then, and goes on as fast as it went; one that was never set shows real time.

        Raises:
            StoreError: the file is no copy of a namespace.
        """
        with self._moving, self._gate.closed():
            self._replace_with(file)

    def reset(self) -> None:
        """Begin anew: nothing on the way, an empty database, the real time, GUIDs from the seed; snapshots stay."""
        # First: an exchange that is held would keep the gate open.
        self.interference.clear()
        with self._moving, self._gate.closed():
            self._replace_with(None)
            self._reseed()

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
            # Real time that was advanced goes on as real time does.
            self._move_to(target, speed=1.0 if self.clock.state.is_real else None)

    def move_to(self, shown: datetime) -> None:
        """Show a time; what falls due before it happens in order, and nothing is undone where it lies in the past.

        Raises:
            ClockError: the wire cannot carry that time.
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
        """Judge by expectations what the server saw, from the beginning or since a time of its clock."""
        return verify_server(self.server.administration, expectations, self.clock(), since=since)

    def run_due_work(self) -> None:
        """Do what has fallen due by now, and tell the programs that go by a clock that runs."""
        self._faketime.follow()
        # Who moves the clock does what falls due on its way: chores wait for no century, nor does who is told to stop.
        if not self._moving.acquire(blocking=False):
            return
        try:
            self.server.run_due_work()
        finally:
            self._moving.release()

    def let_go_of_callers(self) -> None:
        """Let what is held go on, end what follows the journal, and stop a clock on its way: no thread waits on."""
        self._is_ending.set()
        self.interference.clear()
        self.journal.close()

    def close(self) -> None:
        """Let go of the database and of what is held, end requests on their way and what follows the journal."""
        self.let_go_of_callers()
        self._gate.shut()
        self._faketime.remove()
        self.server.close()

    def _move_to(self, target: datetime, *, speed: float | None = None) -> None:
        # Refused before anything has happened.
        before = self.clock.state.moved(target, target).speed
        self.server.run_due_work()
        self.clock.freeze()
        for _ in range(MOST_STEPS):
            due = self.server.next_due()
            if due is None or due > target:
                break
            if self._is_ending.is_set():
                self._go_on(speed or before)
                raise GateShutError(f"the testbed ends before its clock has come to {target.isoformat()}")
            self.clock.set(due)
            self.server.run_due_work()
        self.clock.set(target)
        self._go_on(speed or before)
        self.server.run_due_work()

    def _go_on(self, speed: float) -> None:
        if speed:
            self.clock.run(speed)

    def _pass_gate(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._gate.passing():
            return self.server.wsgi(environ, start_response)

    def _replace_with(self, file: Path | None) -> None:
        self.clock.resume(self.server.replace_with(file))
        for listener in self._replaced:
            listener()

    def _keep_time(self) -> None:
        self.server.keep_testbed_time(self.clock.state)
