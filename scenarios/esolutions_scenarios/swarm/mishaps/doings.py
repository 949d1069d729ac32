"""What people do in the middle of it all: turn communication off, ask for a reading, look after things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.mishaps.kind import Kind
from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from random import Random

    from esolutions_scenarios.swarm.life import Life
    from esolutions_scenarios.swarm.mishaps.kind import Ending

__all__ = ["KINDS"]


def _turned_off(life: Life, _rng: Random) -> Ending:
    life.people.turn(on=False)
    return lambda: life.people.turn(on=True)


def _bill_now(life: Life, rng: Random) -> None:
    serial = life.any_printer(rng).serial_at(life.testbed.now)
    try:
        life.testbed.administration.request_billing(serial)
        life.asked_by_hand.add(serial)
    except AdministrationError:
        return  # it is not active yet, or no longer


def _people_look(life: Life, _rng: Random) -> None:
    life.people.look()


KINDS: dict[str, Kind] = {
    "turned-off": Kind(_turned_off, 6, 80.0),
    "bill-now": Kind(_bill_now, 30, needs_machine=False),
    "people-look": Kind(_people_look, 8),
}
