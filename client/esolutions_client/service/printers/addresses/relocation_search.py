"""Look for printers that no longer answer where they were: a lease ran out, a cable was moved.

At most once a day, at the addresses where a person last had the client search
and at those of the other printers. One that shows its serial number is
followed by the rules of `relocation`; a stranger that turns up is left to a
person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_client.errors import TurnedOffError
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.service.printers.addresses.relocation import Relocation
from esolutions_client.service.printers.addresses.searches import searches
from esolutions_client.service.printers.addresses.sightings import Sighting
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.search.discovery import discover, expand_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Prober
    from esolutions_client.store.store import Store

__all__ = ["RelocationSearch"]

_EVERY = timedelta(days=1)


class RelocationSearch:
    """Follows printers to their new addresses."""

    def __init__(
        self,
        store: Store,
        snmp: SnmpPort,
        *,
        now: Callable[[], datetime],
        timeouts: SnmpTimeouts,
        prober: Prober | None = None,
    ) -> None:
        self._store = store
        self._snmp = snmp
        self._now = now
        self._timeouts = timeouts
        self._prober = prober
        self._relocation = Relocation(store, snmp, now=now, timeouts=timeouts)

    def follow(self, serial_numbers: Sequence[str]) -> list[str]:
        """Look for these printers, unless that was done within a day; return those found at another address.

        Raises:
            TurnedOffError: communication was turned off meanwhile; the search is made when it is on again.
        """
        last = self._store.settings.last_search_at
        if not serial_numbers or (last is not None and timedelta(0) <= self._now() - last < _EVERY):
            return []
        self._store.settings.last_search_at = self._now()
        try:
            return self._follow(set(serial_numbers))
        except TurnedOffError:
            self._store.settings.last_search_at = last
            raise

    def _follow(self, missing: set[str]) -> list[str]:
        seen: dict[str, list[Sighting]] = {}
        known = {canonical_serial(serial): serial for serial in missing}
        for found in discover(self._snmp, self._places(missing), now=self._now, prober=self._prober):
            if isinstance(found.outcome, SnmpError):
                continue
            serial = known.get(canonical_serial(found.outcome.layout.serial_number or ""))
            if serial is None:
                continue
            sighting = Sighting(found.target, found.outcome.layout, found.outcome.poll, found.outcome.reading.read_at)
            seen.setdefault(serial, []).append(sighting)
        with self._store.transaction():
            return [serial for serial, sightings in seen.items() if self._settle(serial, sightings)]

    def _settle(self, serial: str, sightings: Sequence[Sighting]) -> bool:
        """Decide where a printer is that was looked for: its own address was asked like the others."""
        device = self._store.devices.get(serial)
        if device is None:
            return False
        home = (device.host, device.port)
        own = next((sighting for sighting in sightings if sighting.place == home), None)
        elsewhere = {sighting.place: sighting for sighting in sightings if sighting.place != home}
        if not elsewhere:
            return False  # it answers again: the next poll reads it
        return self._relocation.settle(device, list(elsewhere.values()), own).kind == "moved"

    def _places(self, missing: set[str]) -> Iterator[Target]:
        """Yield what to ask, each once: not where another printer of ours has just answered."""
        devices = self._store.devices.all()
        taken = {(d.host, d.port) for d in devices if d.is_polled and d.serial_number not in missing}
        asked: set[tuple[str, int, str, str]] = set()
        for host, port, version, community in self._ways(devices):
            if (host, port) not in taken and (host, port, version, community) not in asked:
                asked.add((host, port, version, community))
                yield self._target(host, port, version, community)

    def _ways(self, devices: Sequence[Device]) -> Iterator[tuple[str, int, str, str]]:
        """Yield address, port, version and community of all that a person searched, then of all that is known."""
        for searched in searches(self._store):
            for host in expand_targets(searched.targets, searched.exclude):
                yield host, searched.port, searched.snmp_version, searched.community
        for device in devices:
            yield device.host, device.port, device.snmp_version, device.community

    def _target(self, host: str, port: int, version: str, community: str) -> Target:
        return Target(host, port, version, community, self._timeouts.timeout_seconds, self._timeouts.retries)
