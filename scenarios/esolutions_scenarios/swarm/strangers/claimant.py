"""The claimant: has a client of his own, and registers printers and a client that are not his in other spellings.

He breaks no rule of the protocol: his credentials are right. A device belongs to the client that reports it, however
its number is spelled, and a client to the holder of its secret.
"""

from __future__ import annotations

import base64
from datetime import time, timedelta
from random import Random
from typing import TYPE_CHECKING

from esolutions_client.errors import DeliveryError
from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.service.identity import new_guid
from esolutions_client.wire.messages import Envelope, Meter, NewDevice, ProxyRegistration, Registration
from esolutions_client.wire.security import Credentials
from esolutions_client.wire.soap_client import SoapClient
from esolutions_scenarios.swarm.spellings import respellings

if TYPE_CHECKING:
    from esolutions_client.wire.messages import Request
    from esolutions_scenarios.swarm.site import Site

__all__ = ["Claimant"]

# A client that was not heard from for long loses its devices to the client that reports them: that is no attack.
_HEARD_WITHIN = timedelta(days=1)
_OCTETS_OF_A_SECRET = 64
# A printer that was carried away may stand at another customer's now: to register it there is no attack.
_OUT_OF_SERVICE = frozenset({"replaced", "retired"})


class Claimant:
    """One of a run; what he draws is his own."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rng = Random(f"claimant/{site.plan.seed}")  # noqa: S311 - a simulation must be repeatable
        self._server = SoapClient(site.world.transport(), now=lambda: site.testbed.now, rng=self._rng)
        secret = base64.b64encode(self._rng.randbytes(_OCTETS_OF_A_SECRET)).decode()
        self._own = Credentials(new_guid(self._rng), secret)

    def claim(self) -> None:
        """Register every device of the office's client in other spellings, and the client itself in another case."""
        site = self._site
        guid = site.machine.running.identity.proxy_id if site.machine.is_on else None
        heard = {proxy.id: proxy.last_heard_at for proxy in site.testbed.administration.every.proxies()}
        if guid is None or heard.get(guid, site.testbed.now - 2 * _HEARD_WITHIN) < site.testbed.now - _HEARD_WITHIN:
            return
        self._send(self._as_a_client(self._own.secret), self._own)
        self._send(self._as_a_client(self._own.secret), Credentials(guid.upper(), self._own.secret))
        devices = list(site.testbed.administration.every.devices())
        theirs = [d.serial for d in devices if d.proxy_id == guid and d.state not in _OUT_OF_SERVICE]
        for serial in theirs:
            for spelled in respellings(serial):
                self._send(self._as_devices(spelled), self._own)

    def _as_a_client(self, secret: str) -> ProxyRegistration:
        now = self._site.testbed.now
        return ProxyRegistration(secret, now, now, time(3, 0), timedelta(hours=9), timedelta(hours=2))

    def _as_devices(self, *serials: str) -> Registration:
        now = self._site.testbed.now
        devices = tuple(NewDevice(serial, now, (Meter("Total Impressions", 1),)) for serial in serials)
        return Registration(now, now, None, fleet_digest(serials), devices)

    def _send(self, request: Request, credentials: Credentials) -> None:
        now = self._site.testbed.now
        envelope = Envelope(new_guid(self._rng), now, self._own.proxy_id, now + timedelta(days=1))
        try:
            self._server.deliver(self._server.compose(envelope, request, credentials), credentials)
        except DeliveryError:
            return  # refused, or the server is away
