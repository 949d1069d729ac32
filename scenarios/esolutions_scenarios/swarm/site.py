"""The site of a run: the office's machine, its printers and the server, and what is known of them beside the product.

Nothing acts here: people, strangers and injections do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.observation.record import Record
from esolutions_scenarios.swarm.plan import START
from esolutions_scenarios.testbed.testbed import Testbed
from esolutions_scenarios.virtual_time.timeline import Timeline
from esolutions_scenarios.worlds.memory import MemoryWorld, digest_of
from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.printers.printer import SimulatedPrinter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from random import Random

    from esolutions_scenarios.swarm.plan import RunPlan
    from esolutions_scenarios.testbed.machine import Machine

__all__ = ["Site"]

_AN_HOUR = timedelta(hours=1)


class Site:
    """One site, as a plan has it.

    `fallen` are printers whose counters may have fallen, `asked_by_hand` those with requests beside their billing
    cycle, `accepted` those for which people accepted a reading; `retired` says what left service when, `wishes` what
    was asked for by a command, by the wish's id.
    """

    def __init__(self, plan: RunPlan, folder: Path) -> None:
        self.plan = plan
        fleet = _fleet(plan)
        self.world: MemoryWorld = MemoryWorld(folder, start=START, seed=plan.seed, policy=plan.policies[0])
        self.testbed = Testbed(self.world, Timeline(START), folder, plan.seed, fleet)
        self.world.show_fleet(fleet)
        self.machine: Machine = self.testbed.install(time_zone=plan.time_zone)
        self.record = Record(self.testbed, self.machine)
        self.fallen: set[str] = set()
        self.asked_by_hand: set[str] = set()
        self.accepted: set[str] = set()
        self.retired: dict[str, datetime] = {}
        self.wishes: dict[int, str] = {}

    def present_printers(self) -> list[SimulatedPrinter]:
        """Return the printers that were installed by now, whatever became of them."""
        return [printer for printer in self.testbed.fleet if printer.installed_at <= self.testbed.now]

    def any_printer(self, rng: Random) -> SimulatedPrinter:
        """Draw one of the printers that are there."""
        return rng.choice(self.present_printers())

    def has_arrived(self, body: bytes) -> bool:
        """Whether a message has reached the server."""
        return digest_of(body) in self.world.requests

    def server_state(self) -> object:
        """Return all that no stranger may change at the server."""
        administration = self.testbed.administration
        return (
            list(administration.every.bills()),
            list(administration.every.held()),
            list(administration.every.commands()),
            list(administration.every.devices()),
        )

    def close(self) -> None:
        """End everything."""
        self.testbed.close()


def _fleet(plan: RunPlan) -> Fleet:
    """Build the printers of a plan: serial numbers and usage from its seed, the rest as it says."""
    drawn = build_fleet(len(plan.printers), [place.model for place in plan.printers], plan.seed, installed_at=START)
    printers = []
    for made, place in zip(drawn, plan.printers, strict=True):
        printer = SimulatedPrinter(made.model, made.serial, made.seed, place.installed_at, made.address)
        if place.left is not None and made.model.rollover is not None:
            printer.jump(place.installed_at + _AN_HOUR, made.model.rollover - place.left)
        printers.append(printer)
    return Fleet(printers)
