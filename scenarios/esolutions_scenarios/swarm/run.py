"""Live one planned life in the memory world: mishaps first, then a calm in which everything must come right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_scenarios.faults.crash import Crash
from esolutions_scenarios.swarm.attacker import Attacker
from esolutions_scenarios.swarm.claimant import Claimant
from esolutions_scenarios.swarm.injections import begin
from esolutions_scenarios.swarm.online_checks import OnlineChecks, Violation
from esolutions_scenarios.swarm.people import People
from esolutions_scenarios.swarm.plan import QUIESCENCE, START
from esolutions_scenarios.testbed.testbed import Testbed
from esolutions_scenarios.timeline import Timeline
from esolutions_scenarios.worlds.memory import MemoryWorld, digest_of
from esolutions_simulators.fleet import Fleet, build_fleet
from esolutions_simulators.printer import SimulatedPrinter

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from esolutions_scenarios.swarm.plan import Mishap, RunPlan
    from esolutions_scenarios.testbed.machine import Machine

__all__ = ["Run", "Violation", "simulate"]

_HOUR = timedelta(hours=1)
_ROUND = timedelta(hours=20)


class Run:
    """One life in progress.

    `fallen` are printers whose counters may have fallen, `asked_by_hand` those
    with requests beside their billing cycle.
    """

    def __init__(self, plan: RunPlan, folder: Path) -> None:
        self.plan = plan
        fleet = _fleet(plan)
        self.world: MemoryWorld = MemoryWorld(folder, start=START, seed=plan.seed, policy=plan.policies[0])
        self.testbed = Testbed(self.world, Timeline(START), folder, plan.seed, fleet)
        self.world.show_fleet(fleet)
        self.fallen: set[str] = set()
        self.asked_by_hand: set[str] = set()
        self.machine: Machine = self.testbed.install(time_zone=plan.time_zone)
        self.attacker = Attacker(
            self.world.transport, lambda body: digest_of(body) in self.world.requests, self._server_state
        )
        self.people = People(self)
        self.claimant = Claimant(self)
        self.watch = OnlineChecks(self)
        self.machine.net.taps.append(self.attacker.overhear)
        self._ends: list[Callable[[], None]] = []

    def run(self) -> list[Violation]:
        """Live it; return what did not hold, the first thing first."""
        self.move_in()
        for mishap in self.plan.mishaps:
            self.testbed.timeline.at(mishap.at, lambda mishap=mishap: self._begin(mishap))  # type: ignore[misc]
        self.testbed.timeline.at(max(self.plan.middle, self.testbed.now), self._claim)
        self.testbed.timeline.at(max(self.plan.middle, self.testbed.now), self._change_terms)
        self.testbed.run_until(self.plan.end)
        self.calm_down()
        self.watch.look_back()
        return self.watch.violations

    def move_in(self) -> None:
        """Install, register and sign up, a day before the first mishap; the watch looks on from now on."""
        self.testbed.on_step = lambda _: self._look()
        self.people.open_account()
        self.people.look()
        self.testbed.run_for(_HOUR)
        self.people.look()

    def _change_terms(self) -> None:
        self.world.change_policy(self.plan.policies[1])

    def _claim(self) -> None:
        self.claimant.claim()
        self.watch.check_numbers()

    def _look(self) -> None:
        self.attacker.use_what_was_overheard()
        self.watch.look()

    def calm_down(self) -> None:
        """End every mishap, and let people look after what needs a person, a round every day."""
        for end in self._ends:
            end()
        self.machine.net.mend()
        self.machine.crash_point.disarm()
        self.world.server_crash_point.disarm()
        self.machine.skew = timedelta(0)
        self.machine.power_on()
        self.machine.free_disk()
        if not self.machine.running.identity.is_enabled:
            self.people.turn(on=True)
        self.testbed.note("the calm begins")
        until = self.testbed.now + QUIESCENCE
        while self.testbed.now < until:
            self.people.look()
            self.testbed.run_for(_ROUND)

    def present_printers(self) -> list[SimulatedPrinter]:
        """Return the printers that were installed by now, whatever became of them."""
        return [printer for printer in self.testbed.fleet if printer.installed_at <= self.testbed.now]

    def any_printer(self, rng: Random) -> SimulatedPrinter:
        """Draw one of the printers that are there."""
        return rng.choice(self.present_printers())

    def close(self) -> None:
        """End everything."""
        self.testbed.close()

    def _begin(self, mishap: Mishap) -> None:
        end = begin(self, mishap.kind, mishap.draw)
        if end is not None:
            once = _once(end)
            self._ends.append(once)
            self.testbed.timeline.at(max(mishap.until, self.testbed.now), once)

    def _server_state(self) -> object:
        administration = self.testbed.administration
        return (administration.bills(), administration.held(), administration.commands(), administration.devices())


def simulate(plan: RunPlan) -> list[Violation]:
    """Live a plan from beginning to end and return what did not hold."""
    with TemporaryDirectory(prefix="esolutions-life-") as folder:
        life = Run(plan, Path(folder))
        try:
            return life.run()
        except (Exception, Crash) as error:  # noqa: BLE001 - whatever leaves the product is what is looked for
            where = f"{life.testbed.now:%Y-%m-%d %H:%M}"
            return [*life.watch.violations, Violation("nothing_escapes", where, f"{type(error).__name__}: {error}")]
        finally:
            life.close()


def _fleet(plan: RunPlan) -> Fleet:
    """Build the printers of a plan: serial numbers and usage from its seed, the rest as it says."""
    drawn = build_fleet(len(plan.printers), [place.model for place in plan.printers], plan.seed, installed_at=START)
    printers = []
    for made, place in zip(drawn, plan.printers, strict=True):
        printer = SimulatedPrinter(made.model, made.serial, made.seed, place.installed_at, made.address)
        if place.left is not None and made.model.rollover is not None:
            printer.jump(place.installed_at + _HOUR, made.model.rollover - place.left)
        printers.append(printer)
    return Fleet(printers)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    done = False

    def act() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return act
