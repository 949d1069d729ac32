"""Keep the printers of an office by address, and share them between processes.

A fleet is written as JSON beside a clock file; a change bumps the clock's
generation, and another process reads it again. No socket is opened here.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from string import ascii_uppercase, digits
from typing import Any

from esolutions_simulators.clock import ClockFile
from esolutions_simulators.fleets.places import Places
from esolutions_simulators.models import load_model
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.rows.value import address_octets

__all__ = [
    "Fleet",
    "FleetDirectory",
    "FleetError",
    "addresses_from",
    "build_fleet",
    "is_host",
    "new_serial",
    "shared_address",
]

BASE_ADDRESS = "127.0.0.10"
_MOST_TRIES = 10_000


class FleetError(ValueError):
    """A fleet that cannot be."""


class Fleet:
    """Printers that can be found by the address they stand at."""

    def __init__(self, printers: Iterable[SimulatedPrinter]) -> None:
        self.printers = tuple(printers)
        self._agents: dict[SimulatedPrinter, SimulatedAgent] = {}
        self._servers: dict[tuple[SimulatedAgent, ...], PrintServerAgent] = {}
        self._places = Places(self.printers)
        places = {(printer.address, printer.model.is_behind_another) for printer in self.printers}
        if len(places) != len(self.printers):
            raise FleetError("two printers have the same first address")

    def __iter__(self) -> Iterator[SimulatedPrinter]:
        return iter(self.printers)

    def __len__(self) -> int:
        return len(self.printers)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address at which a printer stands at some time, in order."""
        places = {address for printer in self.printers for address in printer.addresses}
        return tuple(sorted(places, key=address_octets))

    @property
    def communities(self) -> tuple[str, ...]:
        """Every community that some printer answers to at some time."""
        return tuple(sorted({community for printer in self.printers for community in printer.communities}))

    @property
    def agents(self) -> tuple[SimulatedAgent, ...]:
        """The agent of each printer, in the same order."""
        return tuple(map(self._agent, self.printers))

    def agent_at(self, address: str, at_epoch: float) -> SimulatedAgent | PrintServerAgent | None:
        """Return the agent of what stands at ``address`` at that moment, whether or not it answers."""
        only = self._places.only_one(address)
        if only is None:
            return self._one_of(self._standing(address, at_epoch), address)
        agent = self._agents.get(only) or self._agent(only)
        return agent if agent.stands_at(address, at_epoch) else None

    def standing_at(self, address: str, at_epoch: float) -> tuple[SimulatedPrinter, ...]:
        """Return every printer that stands at ``address`` at that moment: several behind a print server."""
        return tuple(agent.printer for agent in self._standing(address, at_epoch))

    def _agent(self, printer: SimulatedPrinter) -> SimulatedAgent:
        return self._agents.setdefault(printer, SimulatedAgent(printer))

    def _standing(self, address: str, at_epoch: float) -> list[SimulatedAgent]:
        agents = map(self._agent, self._places.candidates(address))
        return [agent for agent in agents if agent.stands_at(address, at_epoch)]

    def _one_of(self, standing: list[SimulatedAgent], address: str) -> SimulatedAgent | PrintServerAgent | None:
        """Return the one that is behind no other, rather one that came first than one that moved, with all that are."""
        standing.sort(key=lambda agent: agent.printer.address != address)
        behind = [agent for agent in standing if agent.printer.model.is_behind_another]
        first = next((agent for agent in standing if agent not in behind), None)
        if not behind or first is None:
            return behind[0] if behind else first
        together = (first, *behind)
        if together not in self._servers:
            self._servers[together] = PrintServerAgent(together)
        return self._servers[together]

    def at(self, address: str, at_epoch: float) -> SimulatedPrinter | None:
        """Return the printer that stands at ``address`` at that moment, of several the first."""
        agent = self.agent_at(address, at_epoch)
        return agent.printer if agent else None

    def by_serial(self, serial: str) -> SimulatedPrinter:
        """Return the printer that had or has the serial number.

        Raises:
            FleetError: there is none.
        """
        for printer in self.printers:
            if serial in printer.serials:
                return printer
        raise FleetError(f"no printer {serial}")

    def to_json(self) -> dict[str, Any]:
        """Return plain data that from_json understands."""
        return {"printers": [printer.to_json() for printer in self.printers]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fleet":
        """Return the fleet that ``data`` describes."""
        return cls(SimulatedPrinter.from_json(printer) for printer in data["printers"])


class FleetDirectory:
    """A folder through which processes share a fleet and its virtual clock."""

    def __init__(self, path: Path, clock_name: str = "clock") -> None:
        self.path = path
        self.fleet_path = path / "fleet.json"
        self.clock_path = path / clock_name

    def create(self, fleet: Fleet, moment: datetime) -> ClockFile:
        """Write the fleet and a new clock that shows ``moment``; return the clock."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._write(fleet)
        return ClockFile.create(self.clock_path, moment)

    def write(self, fleet: Fleet) -> None:
        """Write the fleet again and tell every reader."""
        self._write(fleet)
        with self.clock() as clock:
            clock.bump()

    def _write(self, fleet: Fleet) -> None:
        # A reader sees the old file or the new one, never half of one.
        draft = self.fleet_path.with_suffix(".draft")
        # A printer a line; indented, JSON is written ten times as slowly.
        printers = ",\n".join(json.dumps(printer.to_json()) for printer in fleet)
        # Passwords of users are in it: it is for this user's eyes alone, from its first octet on.
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f'{{"printers": [\n{printers}\n]}}\n')
        draft.replace(self.fleet_path)

    def read(self) -> Fleet:
        """Return the fleet as it was last written.

        Raises:
            FleetError: there is none, or something else stands in its place.
        """
        try:
            return Fleet.from_json(json.loads(self.fleet_path.read_text(encoding="utf-8")))
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise FleetError(f"{self.fleet_path} holds no fleet: {error}") from error

    def clock(self) -> ClockFile:
        """Open the clock.

        Raises:
            FleetError: there is none, or something else stands in its place.
        """
        try:
            return ClockFile(self.clock_path)
        except (OSError, ValueError) as error:
            raise FleetError(f"{self.clock_path} is no clock: {error}") from error


def build_fleet(
    count: int,
    model: str | Sequence[str] = "colour-a3-mfp",
    seed: int = 1,
    base_address: str = BASE_ADDRESS,
    *,
    installed_at: datetime,
    community: str = "public",
) -> Fleet:
    """Return ``count`` printers at consecutive addresses, of one model or of several in turn.

    A printer that stands behind another shares the address of the one before it.

    Raises:
        FleetError: the addresses do not fit, or the count is negative.
        ModelError: there is no such model.
    """
    if count < 0:
        raise FleetError(f"a fleet of {count} printers")
    names = [model] if isinstance(model, str) else list(model)
    random = Random(f"fleet/{seed}")  # noqa: S311 -- a simulation, not a secret
    taken: set[str] = set()
    printers: list[SimulatedPrinter] = []
    for number, address in enumerate(addresses_from(base_address, count)):
        name = names[number % len(names)]
        serial = new_serial(load_model(name).serial_shape, random, taken)
        place = shared_address(printers, name) or address
        printers.append(SimulatedPrinter(name, serial, random.getrandbits(32), installed_at, place, community))
    return Fleet(printers)


def shared_address(before: Sequence[SimulatedPrinter], model: str) -> str | None:
    """Return the address of the printer before, where one of ``model`` stands behind it; else None."""
    if not before or before[-1].model.is_behind_another or not load_model(model).is_behind_another:
        return None
    return before[-1].address


def is_host(address: str) -> bool:
    """Tell whether this is the IPv4 address of one host: not of all, nor of a group."""
    try:
        host = IPv4Address(address)
    except ValueError:
        return False
    return not (host.is_multicast or host.is_unspecified or host.is_reserved)


def addresses_from(base: str, count: int) -> Iterator[str]:
    """Yield ``count`` addresses from ``base`` on.

    Raises:
        FleetError: they do not fit.
    """
    try:
        first = IPv4Address(base)
        last = first + max(count - 1, 0)
    except ValueError as error:
        raise FleetError(f"{count} addresses from {base!r} on: {error}") from error
    if not is_host(base) or not is_host(str(last)):
        raise FleetError(f"{count} addresses from {base} on: not all of them are of one host")
    if first.is_loopback and not last.is_loopback:
        raise FleetError(f"{count} addresses from {base} on leave the loopback network")
    return (str(first + number) for number in range(count))


def new_serial(shape: str, random: Random, taken: set[str]) -> str:
    """Draw a serial number of ``shape``, A for a letter and 9 for a digit, and add it to ``taken``.

    Raises:
        FleetError: all of them seem to be taken.
    """
    kinds = {"A": ascii_uppercase, "9": digits}
    for _ in range(_MOST_TRIES):
        serial = "".join(random.choice(kinds.get(mark, mark)) for mark in shape)
        if serial not in taken:
            taken.add(serial)
            return serial
    raise FleetError(f"no more than {len(taken)} serial numbers of the shape {shape}")
