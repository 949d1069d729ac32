"""Share a fleet and its virtual clock between processes, through a folder; a change bumps the clock"s generation."""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from esolutions_simulators.clock import ClockFile
from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.printers.printer_json import printer_to_json

__all__ = ["FleetDirectory"]


class FleetDirectory:
    """A folder through which processes share a fleet and its virtual clock."""

    def __init__(self, path: Path, clock_name: str = "clock") -> None:
        self.path = path
        self.fleet_path = path / "fleet.json"
        self.clock_path = path / clock_name

    def create(self, fleet: Iterable[SimulatedPrinter], at: datetime) -> ClockFile:
        """Write the fleet and a new clock that shows ``at``; return the clock."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._write(fleet)
        return ClockFile.create(self.clock_path, at)

    def write(self, fleet: Iterable[SimulatedPrinter]) -> None:
        """Write the fleet again and tell every reader."""
        self._write(fleet)
        with self.clock() as clock:
            clock.bump()

    def _write(self, fleet: Iterable[SimulatedPrinter]) -> None:
        # A reader sees the old file or the new one, never half of one.
        draft = self.fleet_path.with_suffix(".draft")
        # A printer a line; indented, JSON is written ten times as slowly.
        printers = ",\n".join(json.dumps(printer_to_json(printer)) for printer in fleet)
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
