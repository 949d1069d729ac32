"""One run of one story: a world, a timeline, machines, printers, and a transcript of all that happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.testbed.machine import Machine
from esolutions_server.testbed.verification import verify_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo
    from pathlib import Path

    from esolutions_scenarios.virtual_time.timeline import Timeline
    from esolutions_scenarios.worlds.world import World
    from esolutions_server.domain.verification import Expectation
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleets.fleet import Fleet
    from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["Expected", "Testbed"]

# How often the server looks at its clock by itself; mails about overdue readings are as late as this.
_SERVER_WORK_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that a story says must be true when it says it; what was found, and instead of what, if it is known."""

    promise: str
    is_kept: bool
    at: datetime
    found: object = None
    wanted: object = None


@dataclass
class Testbed:
    """What a story is told with; `now` is virtual, and nothing moves it but `run_until`."""

    __test__ = False  # pytest must not take it for a test class

    world: World
    timeline: Timeline
    folder: Path
    seed: int
    fleet: Fleet
    machines: list[Machine] = field(default_factory=list)
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    expectations: list[Expected] = field(default_factory=list)
    on_step: Callable[[Testbed], None] | None = None
    until: datetime | None = None
    began: datetime = field(init=False)
    _server_work_at: datetime | None = None

    def __post_init__(self) -> None:
        self.began = self.now

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.timeline.now()

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""
        return self.world.administration

    def install(self, name: str = "office", *, time_zone: tzinfo = UTC) -> Machine:
        """Install the client on a machine, at a site of that local time."""
        path = self.folder / f"{name}.sqlite"
        machine = Machine(
            name, path, self.world, now=self.timeline.now, seed=f"{name}/{self.seed}", time_zone=time_zone
        )
        self.machines.append(machine)
        self.note(f"the client is installed on {name}")
        return machine

    def change_printers(self, change: Callable[[Fleet], None], note: str) -> None:
        """Let something happen to printers, and show it to the world."""
        change(self.fleet)
        self.world.show_fleet(self.fleet)
        self.note(note)

    def printer(self, serial_number: str) -> SimulatedPrinter:
        """Return the simulated printer that has, or had, a serial number."""
        return self.fleet.by_serial(serial_number)

    def note(self, text: str) -> None:
        """Put a sentence into the transcript."""
        self.notes.append((self.now, text))

    def expect(self, promise: str, *, kept: bool, found: object = None, wanted: object = None) -> None:
        """State what the story leads one to expect; whether it came true decides whether the run passed.

        Args:
            promise: what is expected, as a clause.
            kept: whether it is so.
            found: what there is; rows and lists are put in words where they are shown.
            wanted: what there should be, where the promise does not say it exactly.
        """
        self.expectations.append(Expected(promise, kept, self.now, found, wanted))

    def verify(self, *expectations: Expectation) -> None:
        """State which messages the story leads one to expect, by the expectations of the server's own testbed.

        Args:
            expectations: orders, counts, rates, intervals, and what follows on what, from esolutions_server.
        """
        for verdict in verify_server(self.administration, expectations, self.now):
            found = [f"{miss.of}: {miss.closest}" if miss.of else miss.closest for miss in verdict.misses]
            self.expect(verdict.expectation, kept=verdict.passed, found=found or None)

    def run_for(self, span: timedelta) -> None:
        """Let time pass."""
        self.run_until(self.now + span)

    def run_until(self, end: datetime) -> None:
        """Let time pass until a given time; every machine and the server do what is due on the way."""
        self.until = end
        while True:
            if self._server_work_at is None:
                self._server_work_at = self.now + _SERVER_WORK_EVERY
            machine, due = self._next_machine()
            times = [m for m in (self.timeline.next_at(), self._server_work_at, due) if m is not None]
            following = max(min(times), self.now)
            if following > end:
                break
            self._step(following, machine if due is not None and due <= following else None)
            if self.on_step is not None:
                self.on_step(self)
        self._move(end)

    def serials(self, addresses: Iterable[str]) -> list[str]:
        """Return the serial numbers of the printers that stand at addresses now."""
        at = self.now.timestamp()
        found = [printer for address in addresses for printer in self.fleet.standing_at(address, at)]
        return [printer.serial_at(self.now) for printer in found]

    def close(self) -> None:
        """Switch everything off."""
        for machine in self.machines:
            machine.power_off()
        self.world.close()

    def _step(self, at: datetime, machine: Machine | None) -> None:
        if self.timeline.next_at() is not None and self.timeline.next_at() <= at:  # type: ignore[operator]
            self.world.set_clock(at)
            self.timeline.take_next()
            return
        self._move(at)
        if self._server_work_at is not None and self._server_work_at <= at:
            self._server_work_at = at + _SERVER_WORK_EVERY
            self.world.run_due_work()
        elif machine is not None:
            machine.wake()

    def _next_machine(self) -> tuple[Machine | None, datetime | None]:
        best: tuple[Machine | None, datetime | None] = (None, None)
        for machine in self.machines:
            due = machine.due_at()
            if due is not None and (best[1] is None or due < best[1]):
                best = (machine, due)
        return best

    def _move(self, at: datetime) -> None:
        self.timeline.move_to(at)
        self.world.set_clock(at)
