"""Injections by operators: people turn communication off, ask for a reading, look after things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.injections.kind import Kind

if TYPE_CHECKING:
    from random import Random

    from esolutions_scenarios.swarm.injections.kind import Ending
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS"]


def _turned_off(office: Office, _rng: Random) -> Ending:
    office.people.turn(on=False)
    return lambda: office.people.turn(on=True)


def _turned_off_in_the_middle(office: Office, rng: Random) -> Ending:
    """A person turns communication off while a poll, a search, a registration or a sync is under way."""
    net = office.site.machine.net
    net.after_packets(rng.randint(1, 24), lambda: office.people.turn(on=False))

    def end() -> None:
        net.cancel_action()
        office.people.turn(on=True)

    return end


def _bill_now(office: Office, rng: Random) -> None:
    office.people.ask_for_reading(office.site.any_printer(rng).serial_at(office.site.testbed.now))


def _people_look(office: Office, _rng: Random) -> None:
    office.people.look()


KINDS: dict[str, Kind] = {
    "turned-off": Kind(_turned_off, 6, 80.0),
    "bill-now": Kind(_bill_now, 30, needs_machine=False),
    "people-look": Kind(_people_look, 8),
    "turned-off-in-the-middle": Kind(_turned_off_in_the_middle, 8, 80.0),
}
