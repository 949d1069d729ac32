"""What happens to the server's data: it is restored from a backup, or lost.

A fault is called with the world, begins there and then, and returns what ends
it. Both work in both worlds. The operator of a server that lost its data has
to begin anew: no account, no contract, no device is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_scenarios.faults.ending import Ending, nothing_to_end

if TYPE_CHECKING:
    from esolutions_scenarios.worlds.world import World

__all__ = ["ServerLost", "ServerRestored"]


@dataclass(frozen=True, slots=True)
class ServerRestored:
    """A backup is made when it begins, and when it ends the server is restored from that: it forgets all since."""

    def __call__(self, world: World) -> Ending:
        return world.back_up_server()


@dataclass(frozen=True, slots=True)
class ServerLost:
    """The server's database is gone, and it starts with an empty one; there is nothing to end."""

    def __call__(self, world: World) -> Ending:
        world.lose_server()
        return nothing_to_end
