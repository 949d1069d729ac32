"""Keep the printers of an office by address: what stands where, and which agent answers there. No socket is opened."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from esolutions_simulators.fleets.places import Places
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.printers.printer_json import printer_from_json, printer_to_json
from esolutions_simulators.rows.value import address_octets

__all__ = ["Fleet", "FleetError"]


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
        """Return the agent of what stands at ``address`` at that time, whether or not it answers."""
        only = self._places.only_one(address)
        if only is None:
            return self._one_of(self._standing(address, at_epoch), address)
        agent = self._agents.get(only) or self._agent(only)
        return agent if agent.stands_at(address, at_epoch) else None

    def standing_at(self, address: str, at_epoch: float) -> tuple[SimulatedPrinter, ...]:
        """Return every printer that stands at ``address`` at that time: several behind a print server."""
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
        """Return the printer that stands at ``address`` at that time, of several the first."""
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
        return {"printers": [printer_to_json(printer) for printer in self.printers]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fleet":
        """Return the fleet that ``data`` describes."""
        return cls(printer_from_json(printer) for printer in data["printers"])
