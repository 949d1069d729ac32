"""What people do in the middle of it all: turn communication off, ask for a reading, look after things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.injections.kind import Kind

if TYPE_CHECKING:
    from random import Random

    from esolutions_scenarios.swarm.injections.kind import Ending
    from esolutions_scenarios.swarm.run import Run

__all__ = ["KINDS"]


def _turned_off(life: Run, _rng: Random) -> Ending:
    life.people.turn(on=False)
    return lambda: life.people.turn(on=True)


def _turned_off_in_the_middle(life: Run, rng: Random) -> Ending:
    """Somebody turns communication off while a poll, a search, a registration or a sync is under way."""
    net = life.machine.net
    net.after_packets(rng.randint(1, 24), lambda: life.people.turn(on=False))

    def end() -> None:
        net.cancel_action()
        life.people.turn(on=True)

    return end


def _bill_now(life: Run, rng: Random) -> None:
    life.people.ask_for_reading(life.any_printer(rng).serial_at(life.testbed.now))


def _people_look(life: Run, _rng: Random) -> None:
    life.people.look()


KINDS: dict[str, Kind] = {
    "turned-off": Kind(_turned_off, 6, 80.0),
    "bill-now": Kind(_bill_now, 30, needs_machine=False),
    "people-look": Kind(_people_look, 8),
    "turned-off-in-the-middle": Kind(_turned_off_in_the_middle, 8, 80.0),
}
