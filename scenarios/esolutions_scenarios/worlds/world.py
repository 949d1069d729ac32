"""What a story needs of the world it takes place in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.wire.http.transport import Transport
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleets.fleet import Fleet

__all__ = ["World"]


class World(Protocol):
    """A server, printers and the ways to both, on one virtual clock."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def printer_port(self) -> int:
        """The UDP port of every printer."""

    @property
    def snmp_timeouts(self) -> SnmpTimeouts:
        """How patient a client here is with printers."""

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""

    def set_clock(self, at: datetime) -> None:
        """Show every printer this time."""

    def show_fleet(self, fleet: Fleet) -> None:
        """Let the printers be as the fleet says from now on."""

    def snmp(self, may_send: Callable[[], bool]) -> SnmpPort:
        """Return a port to the printers, which asks before each request whether it may be sent."""

    def transport(self) -> Transport:
        """Return a port to the server."""

    def unforeseen_errors(self) -> list[str]:
        """Return the errors that the server met and did not foresee."""

    def run_due_work(self) -> None:
        """Let the server do what its own clock says."""

    def restart_server(self) -> None:
        """Let the server end as in a power cut, and start again from its database."""

    def back_up_server(self) -> Callable[[], None]:
        """Make a backup of the server's database; return what restores the server from it."""

    def lose_server(self) -> None:
        """Let the server's database be lost, and the server start with an empty one."""

    def close(self) -> None:
        """Stop everything."""
