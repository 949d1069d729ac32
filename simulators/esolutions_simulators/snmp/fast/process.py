"""Run the responder for a fleet, or for a part of one.

    python -m esolutions_simulators.snmp.fast.process FOLDER CLOCK FILE
    python -m esolutions_simulators.snmp.fast.process FOLDER CLOCK PORT LIST

FOLDER is that of the fleet, CLOCK the name of the clock in it; FILE is the
number of an open socket that is bound to all addresses, LIST a file with an
address to listen at in each line. The word ``ready`` on
standard output says that they answer; the process ends when its standard input
does.
"""

import gc
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from esolutions_simulators.fleets.fleet import FleetError
from esolutions_simulators.snmp.fast.responder import Responder
from esolutions_simulators.snmp.fast.sockets import Respond, answer_all, answer_each, bound_to_each
from esolutions_simulators.snmp.followed import FollowedFleet
from esolutions_simulators.snmp.ready import end_with_parent, say_ready

__all__ = ["main"]

# After so many new objects the new ones are looked through, after so many times what was left of them.
_COLLECTIONS = (50_000, 1_000, 1_000)


def main(folder: str, clock: str, where: str, listed: str | None = None) -> None:
    """Serve the fleet in a folder, by a socket that is open already or at each address of a list, for ever."""
    end_with_parent()
    # A fleet is much that lives as long as the process: no collection shall look through it, and few through what
    # comes to it as printers are asked for the first time.
    gc.disable()
    responder = Responder()
    try:
        followed = FollowedFleet.opened(folder, clock)
        responder.prepare(followed.current()[0])
        answer = _answering(where, listed)
    except Exception as error:  # whatever it is, the one who waits for us wants to know
        raise SystemExit(f"cannot open the fleet: {error!r}") from error
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
    gc.enable()

    def respond(datagram: bytes, address: str) -> bytes | None:
        fleet, at = followed.current()
        return responder.respond(datagram, address, fleet, at)

    say_ready()
    try:
        answer(respond)
    except FleetError as error:
        # A broken fleet must not look like printers that are off.
        raise SystemExit(str(error)) from error


def _answering(where: str, listed: str | None) -> Callable[[Respond], None]:
    if listed is not None:
        sockets = bound_to_each(Path(listed).read_text(encoding="ascii").split(), int(where))
        return lambda respond: answer_each(sockets, respond)
    listening = socket.socket(fileno=int(where))
    return lambda respond: answer_all(listening, respond)


if __name__ == "__main__":
    main(*sys.argv[1:])
