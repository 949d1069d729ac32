"""Find printers where a person says: they are listed, and none of them is registered.

Where a person searched is kept, for that is where a printer that moves is
looked for later. What is known already is not overwritten: a printer that
turns up at another address is moved only by the rules of `relocation`. While
communication is turned off no address is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from esolutions_client.readings.serials import canonical_serial
from esolutions_client.service.printers.addresses.relocation import Relocation
from esolutions_client.service.printers.addresses.searches import remember_search
from esolutions_client.service.printers.addresses.sightings import Sighting, discovered
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.search.discovery import discover, expand_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.readings import PrinterReading
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.printers.addresses.relocation import AtHome
    from esolutions_client.service.printers.addresses.searches import Searched
    from esolutions_client.service.printers.addresses.sightings import Place
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Found, Prober
    from esolutions_client.store.store import Store

__all__ = ["FoundPrinter", "SearchReport", "find_printers"]


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """A printer that was read; `device` is what is kept of it, None where its serial number is none or another's.

    `device_index` says which of several printers at its address it is.
    """

    target: Target
    device_index: int | None
    reading: PrinterReading
    device: Device | None


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What a search found: printers by address, what could not be read and why, and serial numbers by what is new.

    `duplicates` are serial numbers that are shown at several addresses, with these; `gone` are printers at addresses
    that were asked and did not answer for them.
    """

    asked: int
    found: tuple[FoundPrinter, ...]
    unreadable: tuple[tuple[Target, str], ...]
    new: tuple[str, ...]
    moved: tuple[str, ...]
    held: tuple[str, ...]
    gone: tuple[str, ...]
    duplicates: dict[str, tuple[Place, ...]]


def find_printers(
    store: Store,
    snmp: SnmpPort,
    identity: Identity,
    searched: Searched,
    *,
    now: Callable[[], datetime],
    timeouts: SnmpTimeouts,
    prober: Prober | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SearchReport:
    """Search, keep what is new, and return what was found.

    Args:
        store: where what is found is kept.
        snmp: the port to the printers.
        identity: of this client, which says whether communication is on.
        searched: where and how.
        now: the clock.
        timeouts: how patient to be.
        prober: tells quickly which addresses answer; without it each is asked in turn.
        on_progress: called with the numbers of addresses asked and of printers found.

    Raises:
        TurnedOffError: communication is turned off, or was meanwhile; what was found before is kept.
        StoreFullError: there is no room for what would be found, so that no address was asked.
        UsageError: a target is none.
    """
    identity.require_enabled()
    store.require_room()
    targets = [
        Target(
            host, searched.port, searched.snmp_version, searched.community, timeouts.timeout_seconds, timeouts.retries
        )
        for host in expand_targets(searched.targets, searched.exclude)
    ]
    remember_search(store, searched)
    search = _Search(store, Relocation(store, snmp, now=now, timeouts=timeouts), now)
    for printer in discover(snmp, targets, now=now, prober=prober, on_progress=on_progress):
        search.take(printer)
    return search.report(targets)


@dataclass
class _Search:
    """One search in progress: printers that are new are kept at once, the others are settled at its end."""

    store: Store
    relocation: Relocation
    now: Callable[[], datetime]
    readings: list[tuple[Target, int | None, PrinterReading]] = field(default_factory=list)
    unreadable: dict[Place, tuple[Target, SnmpError]] = field(default_factory=dict)
    sightings: dict[str, list[Sighting]] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)

    def take(self, found: Found) -> None:
        """Take what answered at one address."""
        if isinstance(found.outcome, SnmpError):
            self.unreadable[found.target.host, found.target.port] = (found.target, found.outcome)
            return
        reading = found.outcome.reading
        self.readings.append((found.target, found.outcome.layout.device_index, reading))
        serial = reading.serial_number
        if serial is None:
            return
        sighting = Sighting(found.target, found.outcome.layout, found.outcome.poll, reading.read_at)
        known = self.store.devices.get(serial)
        serial = serial if known is None else known.serial_number
        self.sightings.setdefault(serial, []).append(sighting)
        if known is None:
            with self.store.transaction():
                self.store.devices.save(discovered(serial, sighting, self.now()))
            self.new.append(serial)

    def report(self, targets: Sequence[Target]) -> SearchReport:
        """Settle where everybody is, and say what the search brought."""
        kinds = self._settle({(target.host, target.port) for target in targets})
        devices = {device.serial_number: device for device in self.store.devices.all()}
        numbered = {canonical_serial(serial): device for serial, device in devices.items()}

        def standing(reading: PrinterReading, target: Target) -> Device | None:
            return _standing_at(numbered.get(canonical_serial(reading.serial_number or "")), target)

        asked = {_way(target): target for target in targets}
        gone = [d for serial, d in devices.items() if serial not in self.sightings and self._is_missed(d, asked)]
        places = {serial: tuple(dict.fromkeys(one.place for one in seen)) for serial, seen in self.sightings.items()}
        return SearchReport(
            asked=len(targets),
            found=tuple(
                FoundPrinter(
                    target,
                    index,
                    reading,
                    _standing_at(numbered.get(canonical_serial(reading.serial_number or "")), target),
                )
                for target, index, reading in self.readings
            ),
            unreadable=tuple((target, str(error)) for target, error in self.unreadable.values()),
            new=tuple(self.new),
            moved=tuple(serial for serial, kind in kinds.items() if kind == "moved"),
            held=tuple(serial for serial, kind in kinds.items() if kind == "held"),
            gone=tuple(sorted(device.serial_number for device in gone)),
            duplicates={serial: where for serial, where in places.items() if len(where) > 1},
        )

    def _settle(self, asked: set[Place]) -> dict[str, str]:
        """Decide where each printer is that was found; return what became of it, by serial number."""
        found = [self.store.devices.get(serial) for serial in self.sightings]
        devices = {device.serial_number: device for device in found if device is not None}
        homes = self._homes(devices)
        kinds: dict[str, str] = {}
        with self.store.transaction():
            for serial, device in devices.items():
                seen = self.sightings[serial]
                elsewhere = [sighting for sighting in seen if sighting.place != (device.host, device.port)]
                kind, settled = self.relocation.settle(device, elsewhere, homes[serial])
                settled = self.relocation.forget_places(settled, asked - {sighting.place for sighting in seen})
                home = homes[serial]
                if kind == "stays" and isinstance(home, Sighting):
                    self._refresh(settled, home)
                kinds[serial] = kind
        return kinds

    def _homes(self, devices: dict[str, Device]) -> dict[str, AtHome]:
        """Return what each printer's own address answers: what this search saw there, or else what it says now."""
        answering = {sighting.place for seen in self.sightings.values() for sighting in seen}
        homes: dict[str, AtHome] = {}
        for serial, device in devices.items():
            home = (device.host, device.port)
            own = next((sighting for sighting in self.sightings[serial] if sighting.place == home), None)
            if own is not None or home in answering:
                homes[serial] = own
            elif home in self.unreadable:
                homes[serial] = self.unreadable[home][1]
        return homes | self.relocation.ask_at_home([d for serial, d in devices.items() if serial not in homes])

    def _refresh(self, device: Device, sighting: Sighting) -> None:
        """Keep how a printer was reached at its own address, and what it counted before it is read."""
        target = sighting.target
        sighted = sighting.sighted if device.layout_id is None else device.sighted
        self.store.devices.save(
            replace(
                device,
                community=target.community,
                snmp_version=target.version,
                device_index=sighting.layout.device_index,
                sighted=sighted,
            )
        )

    def _is_missed(self, device: Device, asked: dict[_Way, Target]) -> bool:
        """Whether a printer that should be there was asked in the way it is known to answer, and did not."""
        way = (device.host, device.port, device.snmp_version, device.community)
        is_expected = device.state not in {"replaced", "retired"}
        return is_expected and way in asked and (device.host, device.port) not in self.unreadable


# Address, port, version and community.
_Way: TypeAlias = tuple[str, int, str, str]


def _way(target: Target) -> _Way:
    return target.host, target.port, target.version, target.community


def _standing_at(device: Device | None, target: Target) -> Device | None:
    """Return a printer if this is where it stands."""
    return device if device is not None and (device.host, device.port) == (target.host, target.port) else None
