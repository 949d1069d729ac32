"""What happens to a machine: it is off, starts again, dies at a commit, has a full disk or a wrong clock.

A fault is called with the machine, begins there and then, and returns what ends
it. All of them work in both worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.faults.ending import Ending, nothing_to_end

if TYPE_CHECKING:
    from esolutions_scenarios.faults.crash import When
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.worlds.world import World

__all__ = ["CrashAtCommit", "DiskFull", "MachineFault", "PowerOff", "Restart", "ServerRestart", "WrongClock"]

MachineFault = Callable[["Machine"], Ending]


@dataclass(frozen=True, slots=True)
class PowerOff:
    """The power is cut; it ends when the machine is switched on."""

    def __call__(self, machine: Machine) -> Ending:
        machine.power_off()
        return machine.power_on


@dataclass(frozen=True, slots=True)
class Restart:
    """The machine is switched off and on again; there is nothing to end."""

    def __call__(self, machine: Machine) -> Ending:
        machine.restart()
        return nothing_to_end


@dataclass(frozen=True, slots=True)
class CrashAtCommit:
    """The power goes at the `commits`-th commit from now, just before it or just after; it ends with power."""

    commits: int = 1
    when: When = "before"

    def __call__(self, machine: Machine) -> Ending:
        machine.crash_point.arm(self.commits, self.when)

        def end() -> None:
            machine.crash_point.disarm()
            machine.power_on()

        return end


@dataclass(frozen=True, slots=True)
class DiskFull:
    """There is no room for another page; it ends when there is room again."""

    def __call__(self, machine: Machine) -> Ending:
        machine.fill_disk()
        return machine.free_disk


@dataclass(frozen=True, slots=True)
class WrongClock:
    """The clock steps by `ahead`, which may be negative, and goes on from there; it ends when it is set right."""

    ahead: timedelta

    def __call__(self, machine: Machine) -> Ending:
        machine.skew = self.ahead

        def set_right() -> None:
            machine.skew = timedelta(0)

        return set_right


@dataclass(frozen=True, slots=True)
class ServerRestart:
    """The server ends as in a power cut, and starts again from its database; it is called with the world."""

    def __call__(self, world: World) -> Ending:
        world.restart_server()
        return nothing_to_end
