"""Say what an engine is that serves printers: it takes a port, and says which processes answer at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from esolutions_simulators.fleets.directory import FleetDirectory

__all__ = ["Command", "Engine", "Office"]


@dataclass(frozen=True, slots=True)
class Office:
    """What is served: the folder of a fleet, where its printers answer, and to which communities."""

    directory: FleetDirectory
    addresses: Sequence[str]
    communities: Sequence[str]


@dataclass(frozen=True, slots=True)
class Command:
    """How a responder is started.

    ``first`` is the number of the first address that it answers at, ``files`` what it inherits of open files.
    """

    module: str
    arguments: tuple[str, ...]
    first: int
    files: tuple[int, ...] = ()


class Engine(Protocol):
    """What serves the printers of an office."""

    def bind(self, office: Office, port: int) -> int:
        """Take the port at all addresses, 0 for one that is free, and return it.

        Raises:
            PortError: it is taken.
        """

    def commands(self, office: Office, folder: Path) -> Iterator[Command]:
        """Yield what to start; ``folder`` is for files of the engine's own."""

    def let_go(self) -> None:
        """Close what the responders have inherited by now; does nothing the second time."""
