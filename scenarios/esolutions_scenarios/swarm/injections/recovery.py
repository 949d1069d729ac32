"""Disasters of the server's database: restored from a backup, lost, or said to be lost by an adversary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.faults import http, server
from esolutions_scenarios.swarm.injections.kind import Kind

if TYPE_CHECKING:
    from random import Random

    from esolutions_scenarios.swarm.injections.kind import Ending
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS"]


def _restored(office: Office, _rng: Random) -> Ending:
    """The server is restored from a backup of as many days ago as this lasts."""
    restore = server.ServerRestored()(office.site.world)

    def end() -> None:
        restore()
        office.site.record.server_was_restored()
        if not office.site.testbed.administration.pages.proxies(limit=1).rows:
            office.site.record.server_was_lost()  # the backup was made before the client registered again

    return end


def _lost(office: Office, _rng: Random) -> None:
    """The server's database is lost; its operator opens the account anew."""
    server.ServerLost()(office.site.world)
    office.site.record.server_was_lost()
    office.people.open_account()


def _said_to_be_unknown(office: Office, rng: Random) -> Ending:
    """An adversary says for the server that it does not know this client: he would like to have the secret.

    Or that it never takes what it is sent: he would like to have it given up.
    """
    code, text = rng.choice(_FORGED)
    forged = http.SoapFault(code, text)
    office.site.machine.net.break_server(forged)
    return lambda: office.site.machine.net.lift(forged)


_FORGED = (
    *[("FailedAuthentication", "no such proxy is registered")] * 3,
    ("Client", "the document is not what the schema says"),
    ("MustUnderstand", "a header block is not known"),
)
KINDS: dict[str, Kind] = {
    "server-restored": Kind(_restored, 6, 480.0, needs_machine=False),
    "server-lost": Kind(_lost, 2, needs_machine=False),
    "fault-forged": Kind(_said_to_be_unknown, 4, 48.0),
}
