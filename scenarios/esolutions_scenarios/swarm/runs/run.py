"""Run one plan in the memory world: mishaps first, then quiescence (the calm), in which everything must come right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_scenarios.faults.crash import Crash
from esolutions_scenarios.swarm.injections import begin
from esolutions_scenarios.swarm.office import Office
from esolutions_scenarios.swarm.people import People
from esolutions_scenarios.swarm.plan import QUIESCENCE
from esolutions_scenarios.swarm.runs.online_checks import OnlineChecks, Violation
from esolutions_scenarios.swarm.site import Site
from esolutions_scenarios.swarm.strangers.attacker import Attacker
from esolutions_scenarios.swarm.strangers.claimant import Claimant

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.swarm.plan import Mishap, RunPlan

__all__ = ["Run", "Violation", "simulate"]

_AN_HOUR = timedelta(hours=1)
_ROUND = timedelta(hours=20)


class Run:
    """One run in progress."""

    def __init__(self, plan: RunPlan, folder: Path) -> None:
        self.plan = plan
        self.site = Site(plan, folder)
        self.people = People(self.site)
        self.checks = OnlineChecks(self.site)
        self._claimant = Claimant(self.site)
        site = self.site
        self._attacker = Attacker(site.world.transport, site.has_arrived, site.server_state, site.record.intrusions)
        self._office = Office(site, self.people, self._attacker)
        site.machine.net.taps.append(self._attacker.overhear)
        self._ends: list[Callable[[], None]] = []

    def run(self) -> list[Violation]:
        """Run it to its end; return what did not hold, the first thing first."""
        testbed = self.site.testbed
        self.move_in()
        for mishap in self.plan.mishaps:
            testbed.timeline.at(mishap.at, lambda mishap=mishap: self._begin(mishap))  # type: ignore[misc]
        testbed.timeline.at(max(self.plan.middle, testbed.now), self._claim)
        testbed.timeline.at(max(self.plan.middle, testbed.now), self._change_policy)
        testbed.run_until(self.plan.end)
        self.quiesce()
        self.checks.check_end()
        return self.checks.violations

    def move_in(self) -> None:
        """Install, register and sign up, a day before the first mishap; every step from now on is checked."""
        self.site.testbed.on_step = lambda _: self._check()
        self.people.open_account()
        self.people.look()
        self.site.testbed.run_for(_AN_HOUR)
        self.people.look()

    def begin(self, kind: str, draw: int) -> Callable[[], None] | None:
        """Let a mishap happen now and return what ends it; one whose machine is off does not happen."""
        return begin(self._office, kind, draw)

    def quiesce(self) -> None:
        """End every mishap, and let people look after what needs a person, a round every day (quiescence)."""
        site = self.site
        for end in self._ends:
            end()
        site.machine.net.mend()
        site.machine.crash_point.disarm()
        site.world.server_crash_point.disarm()
        site.machine.skew = timedelta(0)
        site.machine.power_on()
        site.machine.free_disk()
        if not site.machine.running.identity.is_enabled:
            self.people.turn(on=True)
        site.testbed.note("the calm begins")
        until = site.testbed.now + QUIESCENCE
        while site.testbed.now < until:
            self.people.look()
            site.testbed.run_for(_ROUND)

    def close(self) -> None:
        """End everything."""
        self.site.close()

    def _begin(self, mishap: Mishap) -> None:
        end = self.begin(mishap.kind, mishap.draw)
        if end is not None:
            once = _once(end)
            self._ends.append(once)
            self.site.testbed.timeline.at(max(mishap.until, self.site.testbed.now), once)

    def _change_policy(self) -> None:
        self.site.world.change_policy(self.plan.policies[1])

    def _claim(self) -> None:
        self._claimant.claim()
        self.checks.check_claims()

    def _check(self) -> None:
        self._attacker.use_what_was_overheard()
        self.checks.check_step()


def simulate(plan: RunPlan) -> list[Violation]:
    """Run a plan from beginning to end and return what did not hold."""
    with TemporaryDirectory(prefix="esolutions-life-") as folder:
        run = Run(plan, Path(folder))
        try:
            return run.run()
        except (Exception, Crash) as error:  # noqa: BLE001 - whatever leaves the product is what is looked for
            where = f"{run.site.testbed.now:%Y-%m-%d %H:%M}"
            return [*run.checks.violations, Violation("nothing_escapes", where, f"{type(error).__name__}: {error}")]
        finally:
            run.close()


def _once(action: Callable[[], None]) -> Callable[[], None]:
    done = False

    def act() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return act
