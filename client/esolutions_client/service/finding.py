"""Find printers where a person says: they are listed, and none of them is registered.

Where a person searched is kept, for that is where a printer that moves is
looked for later. While communication is turned off nobody is asked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.device import Device
from esolutions_client.snmp.discovery import discover, expand_targets
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.ports import Target
from esolutions_client.store.connection import read_number, read_text
from esolutions_client.store.devices import read_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from esolutions_client.readings import PrinterReading
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.tracking import Reach
    from esolutions_client.snmp.discovery import Found, Prober
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.store.store import Store

__all__ = ["Searched", "find_printers", "searches"]

_SEARCHES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Searched:
    """Where a person had the client search, in the words of `expand_targets`, and how."""

    targets: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    port: int = 161
    community: str = "public"
    snmp_version: str = "2c"


def find_printers(
    store: Store,
    snmp: SnmpPort,
    identity: Identity,
    searched: Searched,
    *,
    now: Callable[[], datetime],
    reach: Reach,
    prober: Prober | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[Found, Device | None]]:
    """Search, and yield each printer that answers with what is kept of it: None where it shows no serial number.

    Args:
        store: where what is found is kept.
        snmp: the port to the printers.
        identity: of this client, which says whether communication is on.
        searched: where and how.
        now: the clock.
        reach: how patient to be.
        prober: tells quickly which addresses answer; without it each is asked in turn.
        on_progress: called with the numbers of addresses asked and of printers found.

    Raises:
        TurnedOffError: communication is turned off, or was meanwhile; what was found before is kept.
        StoreFullError: there is no room for what would be found, so that nobody was asked.
        UsageError: a target is none.
    """
    identity.require_enabled()
    store.require_room()
    targets = [
        Target(host, searched.port, searched.snmp_version, searched.community, reach.timeout_seconds, reach.retries)
        for host in expand_targets(searched.targets, searched.exclude)
    ]
    _remember_search(store, searched)
    found = discover(snmp, targets, now=now, prober=prober, on_progress=on_progress)
    return ((printer, _remember(store, printer, now())) for printer in found)


def searches(store: Store) -> list[Searched]:
    """Return where a person searched, the newest first."""
    text = store.settings.get("searched") or "[]"
    with store.settings.decoding:
        kept: list[dict[str, Any]] = json.loads(text)
        return [_searched(one) for one in kept]


def _searched(kept: dict[str, Any]) -> Searched:
    targets, exclude = tuple(map(read_text, kept["targets"])), tuple(map(read_text, kept["exclude"]))
    port = read_number(kept["port"], 1, 65535)
    return Searched(targets, exclude, port, read_text(kept["community"]), read_version(kept["snmp_version"]))


def _remember_search(store: Store, searched: Searched) -> None:
    kept = [searched, *(other for other in searches(store) if other != searched)][:_SEARCHES_KEPT]
    store.settings.set("searched", json.dumps([asdict(one) for one in kept]))


def _remember(store: Store, found: Found, moment: datetime) -> Device | None:
    """Keep a printer that was found; an address that changed is followed, a state never changes here."""
    if isinstance(found.outcome, SnmpError):
        return None
    reading: PrinterReading = found.outcome.reading
    if reading.serial_number is None:
        return None
    known = store.devices.get(reading.serial_number) or Device(
        serial_number=reading.serial_number, host=found.target.host, discovered_at=moment
    )
    with store.transaction():
        return store.devices.save(
            replace(
                known,
                host=found.target.host,
                port=found.target.port,
                community=found.target.community,
                snmp_version=found.target.version,
                device_index=found.outcome.layout.device_index,
                vendor=reading.vendor,
                model=reading.model,
            )
        )
