"""Live one planned life in the memory world: mishaps first, then a calm in which everything must come right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_client.errors import ClientError
from esolutions_scenarios.faults.crash import Crash
from esolutions_scenarios.swarm.attacker import Attacker
from esolutions_scenarios.swarm.mishaps import begin
from esolutions_scenarios.swarm.plan import CALM, START
from esolutions_scenarios.swarm.watch import Violation, Watch
from esolutions_scenarios.testbed.office import ACCOUNT, KEY_USER
from esolutions_scenarios.testbed.testbed import Testbed
from esolutions_scenarios.timeline import Timeline
from esolutions_scenarios.worlds.memory import MemoryWorld
from esolutions_server.domain.policy import Policy
from esolutions_server.service.enrolment import EquipmentRow
from esolutions_server.service.errors import AdministrationError
from esolutions_simulators.fleet import build_fleet

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.swarm.plan import LifePlan, Mishap
    from esolutions_scenarios.testbed.machine import Machine

__all__ = ["Life", "Violation", "live"]

_HOUR = timedelta(hours=1)
_ROUND = timedelta(hours=20)


class Life:
    """One life in progress.

    `fallen` are printers whose counters fell, `gone` those that were replaced,
    `asked_by_hand` those with requests beside their billing cycle.
    """

    def __init__(self, plan: LifePlan, folder: Path) -> None:
        self.plan = plan
        fleet = build_fleet(len(plan.models), plan.models, seed=plan.seed, installed_at=START - timedelta(days=300))
        self.world = MemoryWorld(folder, start=START, seed=plan.seed, policy=Policy())
        self.testbed = Testbed(self.world, Timeline(START), folder, plan.seed, fleet)
        self.world.show_fleet(fleet)
        self.fallen: set[str] = set()
        self.gone: set[str] = set()
        self.asked_by_hand: set[str] = set()
        self.machine: Machine = self.testbed.install()
        self.attacker = Attacker(self.world.transport, self._server_state)
        self.watch = Watch(self)
        self._ends: list[Callable[[], None]] = []

    def run(self) -> list[Violation]:
        """Live it; return what did not hold, the first thing first."""
        self.testbed.on_step = lambda _: self.watch.look()
        self._enrol()
        for mishap in self.plan.mishaps:
            self.testbed.timeline.at(mishap.at, lambda mishap=mishap: self._begin(mishap))  # type: ignore[misc]
        self.testbed.run_until(self.plan.end)
        self._calm_down()
        self.watch.look_back()
        return self.watch.violations

    def turn(self, *, on: bool) -> None:
        """Turn communication on or off, if the machine runs."""
        if self.machine.is_on:
            with self.machine.crash_point.spared():
                self.machine.turn(on=on)
            self.watch.communication_turned(on=on)

    def close(self) -> None:
        """End everything."""
        self.testbed.close()

    def _enrol(self) -> None:
        """Install, register and sign up, a day before the first mishap."""
        serials = [printer.serial for printer in self.testbed.fleet]
        administration = self.testbed.administration
        administration.add_account(ACCOUNT, KEY_USER)
        installed_on = (START - timedelta(days=200)).date()
        administration.import_equipment(
            [
                EquipmentRow(serial, installed_on, ACCOUNT, KEY_USER, frequency, anchor, zone)
                for serial, (frequency, anchor, zone) in zip(serials, self.plan.enrolments, strict=True)
            ]
        )
        self.machine.discover(self.testbed.fleet.addresses)
        self.machine.register(serials)
        self.testbed.run_for(_HOUR)
        for serial in serials:
            administration.sign_up(serial)

    def _begin(self, mishap: Mishap) -> None:
        """Let a mishap happen, unless the machine it needs is off."""
        if not self.machine.is_on and mishap.kind not in _WITHOUT_MACHINE:
            return
        end = begin(self, mishap.kind, mishap.draw)
        if end is not None:
            once = _once(end)
            self._ends.append(once)
            self.testbed.timeline.at(max(mishap.until, self.testbed.now), once)

    def _calm_down(self) -> None:
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
            self.turn(on=True)
        self.testbed.note("the calm begins")
        until = self.testbed.now + CALM
        while self.testbed.now < until:
            self._people_look()
            self.testbed.run_for(_ROUND)

    def _people_look(self) -> None:
        """Do what only a person may: accept readings that are held, register what came in place of another."""
        for device in self.machine.store.devices.all():
            if device.held_since is not None and device.serial_number not in self.gone:
                self.machine.running.polling.accept(device.serial_number)
                self.watch.accepted.add(device.serial_number)
        for held in {bill["command_id"]: bill for bill in self.testbed.administration.held()}.values():
            self.watch.accepted.add(held["serial"])
            try:
                self.testbed.administration.accept_held(held["command_id"])
            except AdministrationError:
                continue  # the device is no longer in service

    def _server_state(self) -> object:
        administration = self.testbed.administration
        return (administration.bills(), administration.held(), administration.commands(), administration.devices())


def live(plan: LifePlan) -> list[Violation]:
    """Live a plan from beginning to end and return what did not hold."""
    with TemporaryDirectory(prefix="esolutions-life-") as folder:
        life = Life(plan, Path(folder))
        try:
            return life.run()
        except (
            Crash,
            ClientError,
            ArithmeticError,
            AssertionError,
            LookupError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            where = f"{life.testbed.now:%Y-%m-%d %H:%M}"
            return [Violation("nothing_escapes", where, f"{type(error).__name__}: {error}")]
        finally:
            life.close()


def _once(action: Callable[[], None]) -> Callable[[], None]:
    done = False

    def act() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return act


_WITHOUT_MACHINE = frozenset(
    {
        "printer-off",
        "printer-asleep",
        "controller-swapped",
        "printer-replaced",
        "addresses-swapped",
        "server-crashes",
        "bill-now",
        "machine-off",
    }
)
