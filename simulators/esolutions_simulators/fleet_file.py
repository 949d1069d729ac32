"""Read FLEET.toml: a fleet as a person writes it down.

    installed_at = 2026-01-05T08:00:00Z
    seed = 7

    [[printers]]
    model = "colour-a3-mfp"
    count = 3

    [[printers]]
    model = "mono-workgroup"
    serial = "3350187204"
    address = "127.0.0.77"
    incidents = [{ at = 2026-02-01T09:00:00Z, kind = "power_off" }]

Only this file knows that form; it opens no socket.
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

from esolutions_simulators.fleet import BASE_ADDRESS, Fleet, FleetError, new_serial, shared_address
from esolutions_simulators.life.incidents import Incident
from esolutions_simulators.models import load_model
from esolutions_simulators.printer import SimulatedPrinter

__all__ = ["fleet_of", "load_fleet"]

_WORDS = {"model", "count", "serial", "address", "community", "seed", "incidents"}


def load_fleet(path: Path, *, installed_at: datetime, base_address: str = BASE_ADDRESS, seed: int = 1) -> Fleet:
    """Return the fleet that the file at ``path`` describes.

    What the file leaves unsaid, the moment of installation, the first address
    and the seed, is taken from the arguments.

    Raises:
        FleetError: it is no TOML, or describes no fleet.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FleetError(f"{path}: {error}") from error
    try:
        return fleet_of(data, installed_at=installed_at, base_address=base_address, seed=seed)
    except (KeyError, TypeError, ValueError) as error:
        raise FleetError(f"{path}: {error}") from error


def fleet_of(data: Mapping[str, Any], *, installed_at: datetime, base_address: str, seed: int) -> Fleet:
    """Return the fleet that parsed TOML describes."""
    random = Random(f"fleet/{data.get('seed', seed)}")  # noqa: S311 -- a simulation, not a secret
    since = _aware(data.get("installed_at", installed_at))
    rows = data["printers"]
    taken = {row["serial"] for row in rows if "serial" in row}
    fixed = {row["address"] for row in rows if "address" in row}
    free = IPv4Address(data.get("base_address", base_address))
    printers: list[SimulatedPrinter] = []
    for row in rows:
        _refuse_strange(row)
        for _ in range(row.get("count", 1)):
            while str(free) in fixed:
                free += 1
            address = row.get("address") or shared_address(printers, row["model"]) or str(free)
            free += address == str(free)
            serial = row.get("serial") or new_serial(load_model(row["model"]).serial_shape, random, taken)
            drawn = row.get("seed", random.getrandbits(32))
            community = row.get("community", "public")
            incidents = [_incident(incident) for incident in row.get("incidents", ())]
            printers.append(SimulatedPrinter(row["model"], serial, drawn, since, address, community, incidents))
    return Fleet(printers)


def _refuse_strange(row: Mapping[str, Any]) -> None:
    strange = set(row) - _WORDS
    if strange:
        raise FleetError(f"a printer has no {', '.join(sorted(strange))}")
    if row.get("count", 1) != 1 and {"serial", "address"} & set(row):
        raise FleetError("several printers cannot share a serial number or an address")


def _incident(row: Mapping[str, Any]) -> Incident:
    args = {key: value for key, value in row.items() if key not in {"at", "kind"}}
    return Incident(_aware(row["at"]), row["kind"], args)


def _aware(moment: datetime) -> datetime:
    """Return ``moment``, in UTC where the file did not say."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
