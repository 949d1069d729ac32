"""What must not leave: anything while communication is off, requests while the disk is full, and no port is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.observation.sockets import bound_sockets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["NOTHING_IS_SENT_WHILE_OFF", "NO_PRINTER_IS_ASKED_IN_VAIN", "THE_CLIENT_NEVER_LISTENS"]


def _nothing_is_sent_while_off(site: Site) -> Iterator[str]:
    if site.record.was_off_with is None:
        return
    net = site.machine.net
    if (net.packets, net.conversations_begun) != site.record.was_off_with:
        site.record.was_off_with = (net.packets, net.conversations_begun)
        yield "something was sent after communication was turned off"


def _no_printer_is_asked_in_vain(site: Site) -> Iterator[str]:
    machine = site.machine
    asked = machine.net.packets - machine.net.messages_sent
    before, site.record.was_full_with = site.record.was_full_with, asked if machine.disk_is_full else None
    if machine.disk_is_full and before not in {None, asked}:
        yield "a printer was asked while the disk was full"


def _nothing_listens(site: Site) -> Iterator[str]:
    bound = bound_sockets()
    if len(bound) > site.record.bound:
        yield f"a socket is bound to {bound[site.record.bound]}"
        site.record.bound = len(bound)


NOTHING_IS_SENT_WHILE_OFF = Invariant(
    "nothing_is_sent_while_off",
    "after `disable` not one packet, to the server or to a printer",
    on_step=_nothing_is_sent_while_off,
)
NO_PRINTER_IS_ASKED_IN_VAIN = Invariant(
    "no_printer_is_asked_in_vain",
    "while the disk is full no printer is asked: its reading could not be kept",
    on_step=_no_printer_is_asked_in_vain,
)
THE_CLIENT_NEVER_LISTENS = Invariant("the_client_never_listens", "no socket is bound", on_step=_nothing_listens)
